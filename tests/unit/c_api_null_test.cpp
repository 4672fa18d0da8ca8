// SPDX-License-Identifier: LGPL-2.1-or-later
#include <heapsel/heapsel.h>

#include <array>
#include <string>
#include <tuple>
#include <vector>

#include <gtest/gtest.h>

#include "c/handles.hpp"
#include "c_handle.hpp"
#include "heap_builder.hpp"

namespace heapsel {
namespace {

using test::calling;

/// Calls `function` with NULL and 0 for everything.
template <typename Result, typename... Arguments>
Result of_nothing(Result (*function)(Arguments...)) {
    return std::apply(function, std::tuple<Arguments...>());
}

/// The same with a place for the error, which is the last argument.
template <typename... Arguments>
std::string refusal(int (*function)(Arguments...)) {
    std::tuple<Arguments...> arguments;
    heapsel_error* error = nullptr;
    std::get<sizeof...(Arguments) - 1>(arguments) = &error;
    const int status = std::apply(function, arguments);
    return test::outcome(status, error);
}

TEST(CApiNull, IsEinvalWithTheFunctionAndTheArgument) {
    struct Case {
        std::string said;
        std::string function;
        std::string argument;
    };
    for (const auto& [said, function, argument] :
         std::vector<Case>{{refusal(heapsel_catalog_scan), "catalog_scan", "catalog"},
                           {refusal(heapsel_catalog_find), "catalog_find", "catalog"},
                           {refusal(heapsel_choose), "choose", "request"},
                           {refusal(heapsel_allocator_for), "allocator_for", "request"},
                           {refusal(heapsel_pool_for), "pool_for", "request"},
                           {refusal(heapsel_take), "take", "request"},
                           {refusal(heapsel_consumer_v4l2), "consumer_v4l2", "consumer"},
                           {refusal(heapsel_consumer_drm), "consumer_drm", "consumer"},
                           {refusal(heapsel_consumer_requirement), "consumer_requirement", "name"},
                           {refusal(heapsel_consumer_require_address_bits),
                            "consumer_require_address_bits", "consumer"},
                           {refusal(heapsel_consumer_require_alignment),
                            "consumer_require_alignment", "consumer"},
                           {refusal(heapsel_consumers_named), "consumers_named", "consumers"},
                           {refusal(heapsel_policy_create), "policy_create", "policy"},
                           {refusal(heapsel_policy_load), "policy_load", "policy"},
                           {refusal(heapsel_policy_require), "policy_require", "policy"},
                           {refusal(heapsel_policy_prefer), "policy_prefer", "policy"},
                           {refusal(heapsel_policy_set_heap), "policy_set_heap", "policy"},
                           {refusal(heapsel_policy_set_size), "policy_set_size", "policy"},
                           {refusal(heapsel_policy_set_fallback), "policy_set_fallback", "policy"},
                           {refusal(heapsel_policy_set_udmabuf), "policy_set_udmabuf", "policy"},
                           {refusal(heapsel_select), "select", "catalog"},
                           {refusal(heapsel_selection_require_candidate),
                            "selection_require_candidate", "selection"},
                           {refusal(heapsel_allocator_create), "allocator_create", "selection"},
                           {refusal(heapsel_allocator_allocate), "allocator_allocate", "allocator"},
                           {refusal(heapsel_layout_create), "layout_create", "layout"},
                           {refusal(heapsel_layout_create_plain), "layout_create_plain", "layout"},
                           {refusal(heapsel_pool_create), "pool_create", "allocator"},
                           {refusal(heapsel_pool_acquire), "pool_acquire", "pool"},
                           {refusal(heapsel_pool_reconfigure), "pool_reconfigure", "pool"},
                           {refusal(heapsel_pool_poll_fd), "pool_poll_fd", "pool"},
                           {refusal(heapsel_lease_begin_access), "lease_begin_access", "lease"},
                           {refusal(heapsel_lease_end_access), "lease_end_access", "lease"},
                           {refusal(heapsel_buffer_adopt), "buffer_adopt", "buffer"},
                           {refusal(heapsel_buffer_begin_access), "buffer_begin_access", "buffer"},
                           {refusal(heapsel_buffer_end_access), "buffer_end_access", "buffer"},
                           {refusal(heapsel_buffer_read_file), "buffer_read_file", "buffer"},
                           {refusal(heapsel_buffer_write_file), "buffer_write_file", "buffer"}})
        EXPECT_EQ(said, "cannot call heapsel_" + function + " (" + argument +
                            "): Invalid argument. It must not be NULL.");
    EXPECT_EQ(of_nothing(heapsel_catalog_scan), -EINVAL);
}

TEST(CApiNull, IsRefusedAlsoBehindTheFirstArgument) {
    const heapsel_catalog catalog{HeapCatalog({test::heap("a")})};
    const heapsel_heap* found = heapsel_catalog_heap(&catalog, 0);
    heapsel_policy policy;
    heapsel_consumer* consumer = nullptr;
    const auto null = [](const std::string& function, const std::string& argument) {
        return "cannot call heapsel_" + function + " (" + argument +
               "): Invalid argument. It must not be NULL.";
    };
    EXPECT_EQ(calling(heapsel_catalog_find, &catalog, nullptr, &found),
              null("catalog_find", "name"));
    EXPECT_EQ(found, nullptr);
    EXPECT_EQ(calling(heapsel_catalog_find, &catalog, "a", nullptr), null("catalog_find", "heap"));
    EXPECT_EQ(calling(heapsel_consumer_requirement, "name", nullptr, &consumer),
              null("consumer_requirement", "words"));
    EXPECT_EQ(calling(heapsel_consumer_requirement, "name", "ecc", nullptr),
              null("consumer_requirement", "consumer"));
    EXPECT_EQ(calling(heapsel_consumers_named, nullptr, 1U, nullptr, nullptr, &consumer),
              null("consumers_named", "words"));
    EXPECT_EQ(calling(heapsel_policy_require, &policy, nullptr), null("policy_require", "words"));
    EXPECT_EQ(calling(heapsel_policy_prefer, &policy, nullptr), null("policy_prefer", "words"));
    heapsel_policy* loaded = nullptr;
    EXPECT_EQ(calling(heapsel_policy_load, nullptr, nullptr, 1U, &loaded),
              null("policy_load", "words"));
    heapsel_selection* selection = nullptr;
    EXPECT_EQ(calling(heapsel_select, &catalog, nullptr, 0U, nullptr, nullptr),
              null("select", "selection"));
    EXPECT_EQ(calling(heapsel_select, &catalog, nullptr, 1U, nullptr, &selection),
              null("select", "consumers"));
}

TEST(CApiNull, InAListSaysWhichElement) {
    const std::array<const char*, 2> words{"a", nullptr};
    std::array<heapsel_consumer*, 2> consumers{};
    EXPECT_EQ(calling(heapsel_consumers_named, words.data(), words.size(), nullptr, nullptr,
                      consumers.data()),
              "cannot call heapsel_consumers_named (words): Invalid argument. Its element 1 is "
              "NULL.");
    const heapsel_catalog catalog{HeapCatalog({test::heap("a")})};
    heapsel_consumer* const none = nullptr;
    heapsel_selection* selection = nullptr;
    EXPECT_EQ(calling(heapsel_select, &catalog, &none, 1U, nullptr, &selection),
              "cannot call heapsel_select (consumers): Invalid argument. Its element 0 is NULL.");
}

TEST(CApiNull, HasNoTextsAndNoParts) {
    for (const auto text :
         {of_nothing(heapsel_error_message), of_nothing(heapsel_heap_name),
          of_nothing(heapsel_heap_node), of_nothing(heapsel_heap_property_evidence),
          of_nothing(heapsel_consumer_name), of_nothing(heapsel_selection_reason),
          of_nothing(heapsel_selection_warning), of_nothing(heapsel_buffer_heap)})
        EXPECT_EQ(text, nullptr);
    EXPECT_EQ(of_nothing(heapsel_catalog_heap), nullptr);
    EXPECT_EQ(of_nothing(heapsel_selection_heap), nullptr);
    EXPECT_EQ(of_nothing(heapsel_lease_layout), nullptr);
}

TEST(CApiNull, CountsNothing) {
    for (const auto count :
         {of_nothing(heapsel_catalog_heap_count), of_nothing(heapsel_selection_count),
          of_nothing(heapsel_selection_candidate_count), of_nothing(heapsel_layout_plane_count),
          of_nothing(heapsel_layout_plane_buffer), of_nothing(heapsel_layout_buffer_count),
          of_nothing(heapsel_pool_size), of_nothing(heapsel_lease_index),
          of_nothing(heapsel_buffer_size)})
        EXPECT_EQ(count, 0U);
    EXPECT_EQ(of_nothing(heapsel_format_of_v4l2), 0U);
    EXPECT_EQ(of_nothing(heapsel_lease_serial), 0U);
    for (const auto number :
         {of_nothing(heapsel_layout_plane_offset), of_nothing(heapsel_layout_plane_stride),
          of_nothing(heapsel_layout_plane_size), of_nothing(heapsel_layout_buffer_size)})
        EXPECT_EQ(number, 0U);
    EXPECT_EQ(of_nothing(heapsel_lease_fd), -1);
    EXPECT_EQ(of_nothing(heapsel_error_code), 0);
    EXPECT_EQ(of_nothing(heapsel_buffer_fd), -1);
    EXPECT_EQ(of_nothing(heapsel_buffer_release_fd), -1);
}

TEST(CApiNull, AnswersNothing) {
    for (const bool answer : {of_nothing(heapsel_heap_is_called), of_nothing(heapsel_heap_region),
                              of_nothing(heapsel_heap_size)})
        EXPECT_FALSE(answer);
    EXPECT_EQ(of_nothing(heapsel_heap_property), HEAPSEL_ANSWER_UNKNOWN);
    EXPECT_EQ(of_nothing(heapsel_heap_permission), HEAPSEL_PERMISSION_UNKNOWN);
    EXPECT_EQ(of_nothing(heapsel_selection_verdict), HEAPSEL_VERDICT_UNSUITABLE);
}

TEST(CApiNull, IsFreedWithoutEffect) {
    of_nothing(heapsel_error_free);
    of_nothing(heapsel_catalog_free);
    of_nothing(heapsel_consumer_free);
    of_nothing(heapsel_policy_free);
    of_nothing(heapsel_selection_free);
    of_nothing(heapsel_allocator_free);
    of_nothing(heapsel_buffer_free);
    of_nothing(heapsel_layout_free);
    of_nothing(heapsel_pool_set_flushing);
    of_nothing(heapsel_pool_free);
    of_nothing(heapsel_lease_release);
}

} // namespace
} // namespace heapsel
