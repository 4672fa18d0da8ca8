// SPDX-License-Identifier: LGPL-2.1-or-later
#include <heapsel/select.hpp>

#include <cerrno>

#include <gtest/gtest.h>

#include "heap_builder.hpp"
#include "selecting.hpp"

namespace heapsel {
namespace {

using test::contiguous;
using test::denied;
using test::heap;

Result<Selection> required(std::vector<Heap> heaps, std::vector<Criterion> require = {}) {
    auto selection = select(HeapCatalog(std::move(heaps)), {},
                            {.require = std::move(require), .prefer = {}, .heap = {}});
    return require_candidate(*std::move(selection));
}

TEST(RequireCandidate, PassesASelectionWithACandidate) {
    const auto selection = required({heap("a"), denied(heap("b"))});
    ASSERT_TRUE(selection);
    EXPECT_EQ(selection->chosen()->heap.name, "a");
    EXPECT_EQ(selection->judgements().size(), 2U);
}

TEST(RequireCandidate, NoHeapAtAllIsEnodevAndNamesTheKernelOptions) {
    const auto selection = required({});
    ASSERT_FALSE(selection);
    EXPECT_EQ(selection.error().code, ENODEV);
    EXPECT_NE(selection.error().hint.find("CONFIG_DMABUF_HEAPS_SYSTEM"), std::string::npos);
}

TEST(RequireCandidate, NothingSuitableIsEnotsupWithAReasonForEachHeap) {
    const auto selection = required({heap("a"), heap("b")}, {contiguous});
    ASSERT_FALSE(selection);
    EXPECT_EQ(selection.error().code, ENOTSUP);
    EXPECT_EQ(selection.error().subject, "a, b");
    for (const char* const part : {"a: contiguous is unknown", "b: contiguous is unknown"})
        EXPECT_NE(selection.error().hint.find(part), std::string::npos) << part;
}

TEST(RequireCandidate, OnlyDeniedHeapsAreEaccesWithOwnerAndRule) {
    const auto selection = required({denied(heap("system"))});
    ASSERT_FALSE(selection);
    EXPECT_EQ(selection.error().code, EACCES);
    EXPECT_NE(selection.error().hint.find("root:root 0600"), std::string::npos);
    EXPECT_NE(selection.error().hint.find("SUBSYSTEM==\"dma_heap\""), std::string::npos);
}

TEST(RequireCandidate, ADeniedHeapThatWouldNotServeIsNoPermissionProblem) {
    EXPECT_EQ(required({denied(heap("a"))}, {contiguous}).error().code, ENOTSUP);
}

TEST(RequireCandidate, OnlyBrokenHeapsGiveTheErrnoOfOpening) {
    Heap broken = heap("a");
    broken.permission = Permission::broken;
    broken.open_errno = ENXIO;
    EXPECT_EQ(required({broken}).error().code, ENXIO);
    EXPECT_EQ(required({broken, denied(heap("b"))}).error().code, EACCES);
}

TEST(RequireCandidate, TheMessageIsOneLine) {
    const auto selection = required({heap("a\nb")}, {contiguous});
    ASSERT_FALSE(selection);
    EXPECT_EQ(selection.error().message().find('\n'), std::string::npos);
}

} // namespace
} // namespace heapsel
