// SPDX-License-Identifier: LGPL-2.1-or-later
#include <heapsel/select.hpp>

#include <barrier>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "heap_builder.hpp"

namespace heapsel {
namespace {

TEST(SelectionThreads, AllReadTheReasonsThatOneOfThemWrote) {
    constexpr unsigned count = 16;
    for (unsigned round = 0; round < 64; ++round) {
        const auto selection =
            select(HeapCatalog({test::heap("a"), test::heap("b")}), {}, {}).value();
        std::barrier start(count);
        std::vector<const Judgement*> chosen(count);
        std::vector<std::jthread> threads;
        for (unsigned i = 0; i < count; ++i) {
            threads.emplace_back([&, i, copy = selection] {
                start.arrive_and_wait();
                chosen[i] = copy.chosen();
            });
        }
        threads.clear();
        EXPECT_EQ(selection.chosen()->reason, "nothing is required, and nothing preferred");
        EXPECT_EQ(chosen, std::vector(count, selection.chosen()));
    }
}

TEST(SelectionThreads, SelectFromOneCatalogAndOneConsumer) {
    const HeapCatalog catalog({test::heap("a"), test::heap("b")});
    const std::vector consumers{Consumer::listing(
        "x", {.heaps = {{.name = "b", .bound = false, .in_use = false, .accounting = {}}},
              .evidence = "VIDIOC_ENUM_HEAPS",
              .unknown_because = {}})};
    std::vector<std::string> names(32);
    std::vector<std::jthread> threads;
    for (std::string& name : names)
        threads.emplace_back([&] { name = select(catalog, consumers, {})->chosen()->heap.name; });
    threads.clear();
    EXPECT_EQ(names, std::vector<std::string>(names.size(), "b"));
}

} // namespace
} // namespace heapsel
