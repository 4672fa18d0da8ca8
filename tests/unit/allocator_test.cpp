// SPDX-License-Identifier: LGPL-2.1-or-later
#include <heapsel/allocator.hpp>

#include <cerrno>

#include <gtest/gtest.h>

#include "heap_builder.hpp"
#include "recorded_board.hpp"

namespace heapsel {
namespace {

Selection selection_of(const std::vector<std::filesystem::path>& devices) {
    std::vector<Heap> heaps;
    for (const auto& device : devices) {
        heaps.push_back(test::heap("heap" + std::to_string(heaps.size())));
        heaps.back().device = device;
    }
    return select(HeapCatalog(std::move(heaps)), {}, {}).value();
}

TEST(Allocator, WithoutAHeapItIsEnodev) {
    EXPECT_EQ(Allocator::create(selection_of({})).error().code, ENODEV);
}

TEST(Allocator, WithoutACandidateItIsWhatRequireCandidateSays) {
    const Policy policy{
        .require = {{.trait = Trait::ecc, .wanted = true}}, .prefer = {}, .heap = {}};
    const auto selection = select(HeapCatalog({test::heap("a")}), {}, policy);
    EXPECT_EQ(Allocator::create(selection.value()).error().code, ENOTSUP);
}

TEST(Allocator, ANodeThatIsGoneIsEnoent) {
    const test::TemporaryFolder folder;
    const auto allocator = Allocator::create(selection_of({folder.path() / "gone"}));
    ASSERT_FALSE(allocator);
    EXPECT_EQ(allocator.error().code, ENOENT);
}

TEST(Allocator, ARecordedHeapIsEnodev) {
    const test::RecordedBoard board("lab-board");
    const auto selection = select(HeapCatalog::scan(board.root()).value(), {}, {});
    const auto allocator = Allocator::create(selection.value());
    ASSERT_FALSE(allocator);
    EXPECT_EQ(allocator.error().code, ENODEV);
    EXPECT_NE(allocator.error().remedy.find("recorded tree"), std::string::npos);
}

TEST(Allocator, AHeapThatCannotBeOpenedIsPassedOverWhileAnotherCan) {
    const test::TemporaryFolder folder;
    const auto before = test::open_fd_count();
    {
        const auto allocator =
            Allocator::create(selection_of({folder.path() / "gone", "/dev/null"}));
        ASSERT_TRUE(allocator);
        EXPECT_EQ(test::open_fd_count(), before + 1);
    }
    EXPECT_EQ(test::open_fd_count(), before);
}

TEST(Allocator, ZeroBytesAreEinval) {
    const auto allocator = Allocator::create(selection_of({"/dev/null"}));
    ASSERT_TRUE(allocator);
    EXPECT_EQ(allocator->allocate(0, "name").error().code, EINVAL);
}

TEST(Allocator, ADeviceThatIsNoHeapIsEnottyAndEndsTheSearch) {
    const auto allocator = Allocator::create(selection_of({"/dev/null", "/dev/zero"}));
    ASSERT_TRUE(allocator);
    const auto buffer = allocator->allocate(4096, "name");
    ASSERT_FALSE(buffer);
    EXPECT_EQ(buffer.error().code, ENOTTY);
    EXPECT_EQ(buffer.error().subject, "heap0");
    EXPECT_EQ(buffer.error().attempted, "allocate 4096 bytes");
}

TEST(Allocator, FailuresLeaveNoDescriptorOpen) {
    const test::TemporaryFolder folder;
    folder.write("file");
    const auto before = test::open_fd_count();
    for (int i = 0; i < 4; ++i) {
        EXPECT_FALSE(Allocator::create(selection_of({folder.path() / "file"})));
        const auto allocator = Allocator::create(selection_of({"/dev/null"}));
        ASSERT_TRUE(allocator);
        EXPECT_FALSE(allocator->allocate(4096, "name"));
    }
    EXPECT_EQ(test::open_fd_count(), before);
}

} // namespace
} // namespace heapsel
