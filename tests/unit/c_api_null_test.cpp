// SPDX-License-Identifier: LGPL-2.1-or-later
#include <heapsel/heapsel.h>

#include <array>
#include <string>
#include <tuple>
#include <utility>
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
    for (const auto& [said, function, argument] : std::vector<Case>{
             {refusal(heapsel_catalog_scan), "catalog_scan", "catalog"},
             {refusal(heapsel_catalog_find), "catalog_find", "catalog"},
             {refusal(heapsel_heap_permission_remedy), "heap_permission_remedy", "heap"},
             {refusal(heapsel_heap_read_statistics), "heap_read_statistics", "heap"},
             {refusal(heapsel_heap_read_accounting), "heap_read_accounting", "heap"},
             {refusal(heapsel_choose), "choose", "request"},
             {refusal(heapsel_allocator_for), "allocator_for", "request"},
             {refusal(heapsel_pool_for), "pool_for", "request"},
             {refusal(heapsel_take), "take", "request"},
             {refusal(heapsel_devices_list), "devices_list", "devices"},
             {refusal(heapsel_binding_read), "binding_read", "folder"},
             {refusal(heapsel_binding_write), "binding_write", "folder"},
             {refusal(heapsel_consumer_v4l2), "consumer_v4l2", "consumer"},
             {refusal(heapsel_consumer_drm), "consumer_drm", "consumer"},
             {refusal(heapsel_consumer_requirement), "consumer_requirement", "name"},
             {refusal(heapsel_consumer_require_address_bits), "consumer_require_address_bits",
              "consumer"},
             {refusal(heapsel_consumer_require_alignment), "consumer_require_alignment",
              "consumer"},
             {refusal(heapsel_consumer_listing), "consumer_listing", "name"},
             {refusal(heapsel_consumers_named), "consumers_named", "consumers"},
             {refusal(heapsel_consumer_try_heaps), "consumer_try_heaps", "consumer"},
             {refusal(heapsel_policy_create), "policy_create", "policy"},
             {refusal(heapsel_policy_load), "policy_load", "policy"},
             {refusal(heapsel_policy_require), "policy_require", "policy"},
             {refusal(heapsel_policy_prefer), "policy_prefer", "policy"},
             {refusal(heapsel_policy_set_heap), "policy_set_heap", "policy"},
             {refusal(heapsel_policy_set_size), "policy_set_size", "policy"},
             {refusal(heapsel_policy_set_fallback), "policy_set_fallback", "policy"},
             {refusal(heapsel_policy_set_udmabuf), "policy_set_udmabuf", "policy"},
             {refusal(heapsel_select), "select", "catalog"},
             {refusal(heapsel_selection_require_candidate), "selection_require_candidate",
              "selection"},
             {refusal(heapsel_allocator_create), "allocator_create", "selection"},
             {refusal(heapsel_allocator_allocate), "allocator_allocate", "allocator"},
             {refusal(heapsel_layout_create), "layout_create", "layout"},
             {refusal(heapsel_layout_create_plain), "layout_create_plain", "layout"},
             {refusal(heapsel_pool_create), "pool_create", "allocator"},
             {refusal(heapsel_pool_acquire), "pool_acquire", "pool"},
             {refusal(heapsel_pool_reconfigure), "pool_reconfigure", "pool"},
             {refusal(heapsel_pool_holdings), "pool_holdings", "pool"},
             {refusal(heapsel_pool_poll_fd), "pool_poll_fd", "pool"},
             {refusal(heapsel_lease_begin_access), "lease_begin_access", "lease"},
             {refusal(heapsel_lease_end_access), "lease_end_access", "lease"},
             {refusal(heapsel_consumers_of_devices), "consumers_of_devices", "consumers"},
             {refusal(heapsel_format_name), "format_name", "name"},
             {refusal(heapsel_printable), "printable", "text"},
             {refusal(heapsel_size_text), "size_text", "text"},
             {refusal(heapsel_policy_apply_file), "policy_apply_file", "policy"},
             {refusal(heapsel_buffer_adopt), "buffer_adopt", "buffer"},
             {refusal(heapsel_buffer_map), "buffer_map", "buffer"},
             {refusal(heapsel_buffer_begin_access), "buffer_begin_access", "buffer"},
             {refusal(heapsel_buffer_end_access), "buffer_end_access", "buffer"}})
        EXPECT_EQ(said, "cannot call heapsel_" + function + " (" + argument +
                            "): Invalid argument. It must not be NULL.");
    EXPECT_EQ(of_nothing(heapsel_catalog_scan), -EINVAL);
}

TEST(CApiNull, IsRefusedAlsoBehindTheFirstArgument) {
    const heapsel_catalog catalog{HeapCatalog({test::heap("a")})};
    const heapsel_heap* const heap = heapsel_catalog_heap(&catalog, 0);
    const heapsel_heap* found = heap;
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
    EXPECT_EQ(calling(heapsel_heap_permission_remedy, heap, nullptr),
              null("heap_permission_remedy", "remedy"));
    EXPECT_EQ(calling(heapsel_heap_read_statistics, heap, nullptr),
              null("heap_read_statistics", "statistics"));
    EXPECT_EQ(calling(heapsel_heap_read_accounting, heap, nullptr),
              null("heap_read_accounting", "accounting"));
    EXPECT_EQ(calling(heapsel_binding_read, "/sys", HEAPSEL_ROLE_FRAME, nullptr),
              null("binding_read", "binding"));
    EXPECT_EQ(
        calling(heapsel_binding_write, "/sys", HEAPSEL_ROLE_FRAME, nullptr, 1U, false, nullptr),
        null("binding_write", "heaps"));
    EXPECT_EQ(calling(heapsel_consumer_requirement, "name", nullptr, &consumer),
              null("consumer_requirement", "words"));
    EXPECT_EQ(calling(heapsel_consumer_requirement, "name", "ecc", nullptr),
              null("consumer_requirement", "consumer"));
    EXPECT_EQ(calling(heapsel_consumer_listing, "name", nullptr, 1U, nullptr, &consumer),
              null("consumer_listing", "heaps"));
    EXPECT_EQ(calling(heapsel_consumers_named, nullptr, 1U, nullptr, nullptr, &consumer),
              null("consumers_named", "words"));
    EXPECT_EQ(calling(heapsel_policy_require, &policy, nullptr), null("policy_require", "words"));
    EXPECT_EQ(calling(heapsel_policy_prefer, &policy, nullptr), null("policy_prefer", "words"));
    EXPECT_EQ(calling(heapsel_policy_apply_file, &policy, nullptr, nullptr, nullptr, 0U),
              null("policy_apply_file", "file"));
    EXPECT_EQ(calling(heapsel_policy_apply_file, &policy, "", nullptr, nullptr, 1U),
              null("policy_apply_file", "words"));
    EXPECT_EQ(calling(heapsel_printable, "", nullptr), null("printable", "printable"));
    heapsel_selection* selection = nullptr;
    EXPECT_EQ(calling(heapsel_select, &catalog, nullptr, 0U, nullptr, nullptr),
              null("select", "selection"));
    EXPECT_EQ(calling(heapsel_select, &catalog, nullptr, 1U, nullptr, &selection),
              null("select", "consumers"));
}

TEST(CApiNull, InAListSaysWhichElement) {
    const std::array<const char*, 2> words{"a", nullptr};
    heapsel_consumer* consumer = nullptr;
    EXPECT_EQ(
        calling(heapsel_consumer_listing, "name", words.data(), words.size(), nullptr, &consumer),
        "cannot call heapsel_consumer_listing (heaps): Invalid argument. Its element 1 is "
        "NULL.");
    std::array<heapsel_consumer*, 2> consumers{};
    EXPECT_EQ(calling(heapsel_consumers_named, words.data(), words.size(), nullptr, nullptr,
                      consumers.data()),
              "cannot call heapsel_consumers_named (words): Invalid argument. Its element 1 is "
              "NULL.");
    EXPECT_EQ(calling(heapsel_binding_write, "/sys", HEAPSEL_ROLE_FRAME, words.data(), words.size(),
                      false, nullptr),
              "cannot call heapsel_binding_write (heaps): Invalid argument. Its element 1 is "
              "NULL.");
    const heapsel_catalog catalog{HeapCatalog({test::heap("a")})};
    const heapsel_consumer* const none = nullptr;
    heapsel_selection* selection = nullptr;
    EXPECT_EQ(calling(heapsel_select, &catalog, &none, 1U, nullptr, &selection),
              "cannot call heapsel_select (consumers): Invalid argument. Its element 0 is NULL.");
}

TEST(CApiNull, HasNoTextsAndNoParts) {
    for (const auto text : {of_nothing(heapsel_error_attempted),
                            of_nothing(heapsel_error_subject),
                            of_nothing(heapsel_error_remedy),
                            of_nothing(heapsel_error_message),
                            of_nothing(heapsel_heap_name),
                            of_nothing(heapsel_heap_alias),
                            of_nothing(heapsel_heap_node),
                            of_nothing(heapsel_heap_folder),
                            of_nothing(heapsel_heap_region_evidence),
                            of_nothing(heapsel_heap_size_evidence),
                            of_nothing(heapsel_heap_property_evidence),
                            of_nothing(heapsel_catalog_warning),
                            of_nothing(heapsel_statistics_unknown_because),
                            of_nothing(heapsel_accounting_region),
                            of_nothing(heapsel_accounting_unknown_because),
                            of_nothing(heapsel_binding_heap),
                            of_nothing(heapsel_binding_usable),
                            of_nothing(heapsel_consumer_name),
                            of_nothing(heapsel_consumer_required),
                            of_nothing(heapsel_consumer_trial_heap),
                            of_nothing(heapsel_consumer_trial_evidence),
                            of_nothing(heapsel_usable_heaps_unknown_because),
                            of_nothing(heapsel_usable_heaps_evidence),
                            of_nothing(heapsel_usable_heaps_name),
                            of_nothing(heapsel_policy_required),
                            of_nothing(heapsel_policy_preferred),
                            of_nothing(heapsel_policy_heap),
                            of_nothing(heapsel_selection_reason),
                            of_nothing(heapsel_buffer_heap),
                            of_nothing(heapsel_heap_last_address_evidence),
                            of_nothing(heapsel_heap_alignment_evidence),
                            of_nothing(heapsel_device_title),
                            of_nothing(heapsel_device_memory_modifiers_unknown_because),
                            of_nothing(heapsel_policy_origin),
                            of_nothing(heapsel_device_name),
                            of_nothing(heapsel_device_node),
                            of_nothing(heapsel_device_folder),
                            of_nothing(heapsel_device_driver),
                            of_nothing(heapsel_device_card),
                            of_nothing(heapsel_device_unasked_because),
                            of_nothing(heapsel_device_memory_binding_unknown_because)})
        EXPECT_EQ(text, nullptr);
    EXPECT_EQ(of_nothing(heapsel_catalog_heap), nullptr);
    EXPECT_EQ(of_nothing(heapsel_consumer_usable_heaps), nullptr);
    EXPECT_EQ(of_nothing(heapsel_usable_heaps_accounting), nullptr);
    EXPECT_EQ(of_nothing(heapsel_selection_heap), nullptr);
    EXPECT_EQ(of_nothing(heapsel_devices_device), nullptr);
    EXPECT_EQ(of_nothing(heapsel_catalog_udmabuf), nullptr);
    EXPECT_EQ(of_nothing(heapsel_lease_layout), nullptr);
    EXPECT_EQ(of_nothing(heapsel_device_memory_usable_heaps), nullptr);
    EXPECT_EQ(of_nothing(heapsel_device_memory_binding), nullptr);
}

TEST(CApiNull, CountsNothing) {
    for (const auto count : {of_nothing(heapsel_heap_alias_count),
                             of_nothing(heapsel_heap_folder_count),
                             of_nothing(heapsel_catalog_heap_count),
                             of_nothing(heapsel_catalog_warning_count),
                             of_nothing(heapsel_binding_heap_count),
                             of_nothing(heapsel_binding_usable_count),
                             of_nothing(heapsel_consumer_trial_count),
                             of_nothing(heapsel_usable_heaps_count),
                             of_nothing(heapsel_selection_count),
                             of_nothing(heapsel_selection_candidate_count),
                             of_nothing(heapsel_layout_plane_count),
                             of_nothing(heapsel_layout_plane_buffer),
                             of_nothing(heapsel_layout_buffer_count),
                             of_nothing(heapsel_pool_size),
                             of_nothing(heapsel_holdings_count),
                             of_nothing(heapsel_holdings_index),
                             of_nothing(heapsel_lease_index),
                             of_nothing(heapsel_buffer_size),
                             of_nothing(heapsel_device_memory_modifier_count),
                             of_nothing(heapsel_devices_count),
                             of_nothing(heapsel_device_memory_count),
                             of_nothing(heapsel_device_memory_format_count)})
        EXPECT_EQ(count, 0U);
    EXPECT_EQ(of_nothing(heapsel_format_of_v4l2), 0U);
    EXPECT_EQ(of_nothing(heapsel_format_called), 0U);
    EXPECT_EQ(of_nothing(heapsel_size_called), 0U);
    EXPECT_EQ(of_nothing(heapsel_heap_largest_alignment), 0U);
    EXPECT_EQ(of_nothing(heapsel_policy_size), 0U);
    EXPECT_EQ(of_nothing(heapsel_holdings_age), 0U);
    EXPECT_EQ(of_nothing(heapsel_lease_serial), 0U);
    EXPECT_EQ(of_nothing(heapsel_consumer_address_bits), 0U);
    for (const auto number :
         {of_nothing(heapsel_layout_plane_offset), of_nothing(heapsel_layout_plane_stride),
          of_nothing(heapsel_layout_plane_size), of_nothing(heapsel_layout_buffer_size)})
        EXPECT_EQ(number, 0U);
    EXPECT_EQ(of_nothing(heapsel_lease_fd), -1);
    EXPECT_EQ(of_nothing(heapsel_device_memory_plane), 0U);
    EXPECT_EQ(of_nothing(heapsel_device_memory_format), 0U);
    EXPECT_EQ(of_nothing(heapsel_error_code), 0);
    EXPECT_EQ(of_nothing(heapsel_heap_open_errno), 0);
    EXPECT_EQ(of_nothing(heapsel_buffer_fd), -1);
    EXPECT_EQ(of_nothing(heapsel_buffer_release_fd), -1);
}

TEST(CApiNull, AnswersNothing) {
    for (const bool answer :
         {of_nothing(heapsel_heap_is_called), of_nothing(heapsel_heap_region),
          of_nothing(heapsel_heap_size), of_nothing(heapsel_statistics_figure),
          of_nothing(heapsel_binding_or_driver), of_nothing(heapsel_consumer_shows),
          of_nothing(heapsel_usable_heaps_known), of_nothing(heapsel_usable_heaps_active),

          of_nothing(heapsel_heap_last_address), of_nothing(heapsel_device_memory_modifier),
          of_nothing(heapsel_policy_udmabuf)})
        EXPECT_FALSE(answer);
    EXPECT_EQ(of_nothing(heapsel_heap_property), HEAPSEL_ANSWER_UNKNOWN);
    EXPECT_EQ(of_nothing(heapsel_heap_property_source), HEAPSEL_SOURCE_NONE);
    EXPECT_EQ(of_nothing(heapsel_heap_region_source), HEAPSEL_SOURCE_NONE);
    EXPECT_EQ(of_nothing(heapsel_heap_size_source), HEAPSEL_SOURCE_NONE);
    EXPECT_EQ(of_nothing(heapsel_heap_exporter), HEAPSEL_EXPORTER_DMA_HEAP);
    EXPECT_EQ(of_nothing(heapsel_buffer_exporter), HEAPSEL_EXPORTER_DMA_HEAP);
    EXPECT_EQ(of_nothing(heapsel_buffer_cached), HEAPSEL_ANSWER_UNKNOWN);
    EXPECT_EQ(of_nothing(heapsel_heap_permission), HEAPSEL_PERMISSION_UNKNOWN);
    EXPECT_EQ(of_nothing(heapsel_accounting_controller), HEAPSEL_CONTROLLER_UNKNOWN);
    EXPECT_EQ(of_nothing(heapsel_consumer_trial_accepted), HEAPSEL_ANSWER_UNKNOWN);
    EXPECT_EQ(of_nothing(heapsel_policy_fallback), HEAPSEL_FALLBACK_SAME_CACHING);
    EXPECT_EQ(of_nothing(heapsel_selection_verdict), HEAPSEL_VERDICT_UNSUITABLE);
    EXPECT_EQ(of_nothing(heapsel_heap_last_address_source), HEAPSEL_SOURCE_NONE);
    EXPECT_EQ(of_nothing(heapsel_heap_alignment_source), HEAPSEL_SOURCE_NONE);
    EXPECT_EQ(of_nothing(heapsel_selection_fallback), HEAPSEL_FALLBACK_SAME_CACHING);
    EXPECT_EQ(of_nothing(heapsel_device_memory_plane_type), HEAPSEL_PLANE_UNKNOWN);
    EXPECT_EQ(of_nothing(heapsel_device_memory_takes), HEAPSEL_ANSWER_UNKNOWN);
    EXPECT_EQ(of_nothing(heapsel_device_subsystem), HEAPSEL_SUBSYSTEM_V4L2);
    EXPECT_EQ(of_nothing(heapsel_device_memory_kind), HEAPSEL_MEMORY_FRAME);
}

TEST(CApiNull, IsFreedWithoutEffect) {
    of_nothing(heapsel_error_free);
    of_nothing(heapsel_catalog_free);
    of_nothing(heapsel_statistics_free);
    of_nothing(heapsel_accounting_free);
    of_nothing(heapsel_binding_free);
    of_nothing(heapsel_consumer_free);
    of_nothing(heapsel_policy_free);
    of_nothing(heapsel_selection_free);
    of_nothing(heapsel_allocator_free);
    of_nothing(heapsel_buffer_free);
    of_nothing(heapsel_layout_free);
    of_nothing(heapsel_pool_set_flushing);
    of_nothing(heapsel_pool_free);
    of_nothing(heapsel_holdings_free);
    of_nothing(heapsel_lease_release);
    of_nothing(heapsel_devices_free);
}

} // namespace
} // namespace heapsel
