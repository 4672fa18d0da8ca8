// SPDX-License-Identifier: LGPL-2.1-or-later
#include <heapsel/c/allocator.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <string>
#include <vector>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/dma-buf.h>
#include <sys/stat.h>
#include <unistd.h>

#include "c/handles.hpp"
#include "c_handle.hpp"
#include "fake_heap.hpp"
#include "temporary_directory.hpp"

namespace heapsel {
namespace {

using test::calling;
using test::made_by;

class CApiBuffer : public testing::Test {
  protected:
    [[nodiscard]] test::OwnedBuffer allocate() const {
        return made_by<test::OwnedBuffer>(heapsel_allocator_allocate, allocator_.get(), 8192U,
                                          "frame");
    }

    test::FakeHeap kernel_;
    test::OwnedAllocator allocator_ = test::allocator_of_a_fake_heap();
};

TEST_F(CApiBuffer, OwnsItsDescriptorUntilItIsFreed) {
    const auto before = test::open_fd_count();
    auto buffer = allocate();
    EXPECT_GE(heapsel_buffer_fd(buffer.get()), 0);
    EXPECT_EQ(heapsel_buffer_size(buffer.get()), 8192U);
    EXPECT_STREQ(heapsel_buffer_heap(buffer.get()), "a");
    EXPECT_EQ(test::open_fd_count(), before + 1);
    buffer.reset();
    EXPECT_EQ(test::open_fd_count(), before);
}

TEST_F(CApiBuffer, OfSomebodyElseIsTakenOver) {
    const auto before = test::open_fd_count();
    auto given = allocate();
    const int fd = heapsel_buffer_release_fd(given.get());
    auto buffer =
        made_by<test::OwnedBuffer>(heapsel_buffer_adopt, fd, 8192U, "gbm", HEAPSEL_ANSWER_NO);
    EXPECT_EQ(heapsel_buffer_fd(buffer.get()), fd);
    EXPECT_EQ(heapsel_buffer_size(buffer.get()), 8192U);
    EXPECT_STREQ(heapsel_buffer_heap(buffer.get()), "gbm");
    EXPECT_EQ(buffer->value.origin().cached, Answer::no);
    void* address = nullptr;
    EXPECT_EQ(calling(heapsel_buffer_begin_access, buffer.get(), HEAPSEL_ACCESS_WRITE,
                      HEAPSEL_FENCES_UNKNOWN, &address),
              "0");
    std::memset(address, 1, 8192);
    EXPECT_EQ(calling(heapsel_buffer_end_access, buffer.get()), "0");
    buffer.reset();
    EXPECT_EQ(test::open_fd_count(), before);
}

TEST_F(CApiBuffer, OfSomebodyElseStaysHisWhereItIsNotTaken) {
    auto given = allocate();
    const int fd = heapsel_buffer_fd(given.get());
    heapsel_buffer* none = nullptr;
    EXPECT_EQ(calling(heapsel_buffer_adopt, fd, 0U, nullptr, HEAPSEL_ANSWER_UNKNOWN, &none),
              "cannot call heapsel_buffer_adopt (size): Invalid argument. A dma-buf has 1 byte at "
              "least.");
    EXPECT_EQ(calling(heapsel_buffer_adopt, -1, 1U, nullptr, HEAPSEL_ANSWER_UNKNOWN, &none),
              "cannot take over a dma-buf (file descriptor -1): Bad file descriptor. Give one that "
              "is open.");
    EXPECT_EQ(none, nullptr);
    struct stat there{};
    EXPECT_EQ(::fstat(fd, &there), 0);
}

TEST_F(CApiBuffer, OutlivesItsAllocator) {
    const auto buffer = allocate();
    allocator_.reset();
    EXPECT_EQ(calling(heapsel_buffer_begin_access, buffer.get(), HEAPSEL_ACCESS_READ,
                      HEAPSEL_FENCES_UNKNOWN, nullptr),
              "0");
}

TEST_F(CApiBuffer, MayGoWithoutAName) {
    const auto buffer =
        made_by<test::OwnedBuffer>(heapsel_allocator_allocate, allocator_.get(), 1U, nullptr);
    EXPECT_EQ(heapsel_buffer_size(buffer.get()), 1U);
}

TEST_F(CApiBuffer, OfNoBytesIsEinval) {
    heapsel_buffer* buffer = nullptr;
    EXPECT_EQ(calling(heapsel_allocator_allocate, allocator_.get(), 0U, "frame", &buffer),
              "cannot allocate a buffer (0 bytes): Invalid argument. Ask for at least 1 byte.");
    EXPECT_EQ(buffer, nullptr);
}

TEST_F(CApiBuffer, OfAnExhaustedHeapIsEnomemAndNamesTheHeap) {
    kernel_.heap_error = ENOMEM;
    heapsel_buffer* buffer = nullptr;
    heapsel_error* error = nullptr;
    EXPECT_EQ(heapsel_allocator_allocate(allocator_.get(), 4096, "frame", &buffer, &error),
              -ENOMEM);
    const test::OwnedError owned(error);
    EXPECT_TRUE(std::string(heapsel_error_message(error))
                    .starts_with("cannot allocate 4096 bytes (a): Cannot allocate memory."))
        << heapsel_error_message(error);
}

TEST_F(CApiBuffer, ReleasesItsDescriptorToTheCaller) {
    const auto before = test::open_fd_count();
    auto buffer = allocate();
    EXPECT_EQ(calling(heapsel_buffer_begin_access, buffer.get(), HEAPSEL_ACCESS_WRITE,
                      HEAPSEL_FENCES_UNKNOWN, nullptr),
              "0");
    const UniqueFd fd(heapsel_buffer_release_fd(buffer.get()));
    EXPECT_EQ(kernel_.synced.back(), DMA_BUF_SYNC_WRITE | DMA_BUF_SYNC_END);
    EXPECT_EQ(heapsel_buffer_fd(buffer.get()), -1);
    EXPECT_EQ(heapsel_buffer_release_fd(buffer.get()), -1);
    void* none = &buffer;
    EXPECT_EQ(calling(heapsel_buffer_begin_access, buffer.get(), HEAPSEL_ACCESS_READ,
                      HEAPSEL_FENCES_UNKNOWN, &none),
              "cannot begin CPU access (a buffer from heap a): Bad file descriptor. Its descriptor "
              "was released.");
    EXPECT_EQ(none, nullptr);
    buffer.reset();
    EXPECT_EQ(test::open_fd_count(), before + 1);
    struct stat status{};
    EXPECT_EQ(::fstat(fd.get(), &status), 0);
    EXPECT_EQ(status.st_size, 8192);
}

TEST_F(CApiBuffer, IsMappedWhileItsAccessLasts) {
    const auto buffer = allocate();
    for (const auto access : {HEAPSEL_ACCESS_WRITE, HEAPSEL_ACCESS_READ}) {
        void* address = nullptr;
        EXPECT_EQ(calling(heapsel_buffer_begin_access, buffer.get(), access,
                          HEAPSEL_FENCES_SIGNALLED, &address),
                  "0");
        auto* const bytes = static_cast<char*>(address);
        if (access == HEAPSEL_ACCESS_WRITE)
            bytes[8191] = 'x';
        EXPECT_EQ(bytes[8191], 'x');
        EXPECT_EQ(calling(heapsel_buffer_end_access, buffer.get()), "0");
    }
}

TEST_F(CApiBuffer, BracketsCpuAccess) {
    const auto buffer = allocate();
    EXPECT_EQ(calling(heapsel_buffer_end_access, buffer.get()),
              "cannot end CPU access (a buffer from heap a): Operation not permitted. It has not "
              "begun: begin it first.");
    EXPECT_EQ(calling(heapsel_buffer_begin_access, buffer.get(), HEAPSEL_ACCESS_READ_WRITE,
                      HEAPSEL_FENCES_UNKNOWN, nullptr),
              "0");
    EXPECT_EQ(calling(heapsel_buffer_begin_access, buffer.get(), HEAPSEL_ACCESS_READ,
                      HEAPSEL_FENCES_UNKNOWN, nullptr),
              "cannot begin CPU access (a buffer from heap a): Device or resource busy. It has "
              "begun already: end it before the next one.");
    EXPECT_EQ(calling(heapsel_buffer_end_access, buffer.get()), "0");
    EXPECT_EQ(kernel_.synced, (std::vector<__u64>{DMA_BUF_SYNC_RW | DMA_BUF_SYNC_START,
                                                  DMA_BUF_SYNC_RW | DMA_BUF_SYNC_END}));
}

TEST_F(CApiBuffer, ThatIsFreedInABracketClosesItFirst) {
    auto buffer = allocate();
    EXPECT_EQ(calling(heapsel_buffer_begin_access, buffer.get(), HEAPSEL_ACCESS_READ,
                      HEAPSEL_FENCES_UNKNOWN, nullptr),
              "0");
    buffer.reset();
    EXPECT_EQ(kernel_.synced.back(), DMA_BUF_SYNC_READ | DMA_BUF_SYNC_END);
}

TEST_F(CApiBuffer, AnAccessThatFailsToEndHasEnded) {
    const auto buffer = allocate();
    EXPECT_EQ(calling(heapsel_buffer_begin_access, buffer.get(), HEAPSEL_ACCESS_READ,
                      HEAPSEL_FENCES_UNKNOWN, nullptr),
              "0");
    kernel_.sync_error = EIO;
    EXPECT_EQ(heapsel_buffer_end_access(buffer.get(), nullptr), -EIO);
    EXPECT_EQ(heapsel_buffer_end_access(buffer.get(), nullptr), -EPERM);
    EXPECT_EQ(heapsel_buffer_begin_access(buffer.get(), HEAPSEL_ACCESS_READ, HEAPSEL_FENCES_UNKNOWN,
                                          nullptr, nullptr),
              -EIO);
    EXPECT_EQ(heapsel_buffer_end_access(buffer.get(), nullptr), -EPERM);
}

TEST_F(CApiBuffer, IsReadFromAFileAndWrittenToOne) {
    const test::TemporaryDirectory folder;
    folder.write("file", "some text");
    const UniqueFd file(::open((folder.path() / "file").c_str(), O_RDWR | O_CLOEXEC));
    const auto buffer = allocate();
    std::size_t bytes = 0;
    heapsel_copy_way way = HEAPSEL_COPY_WAY_DIRECT;
    EXPECT_EQ(
        calling(heapsel_buffer_read_file, buffer.get(), file.get(), 5U, 100U, 8000U, &bytes, &way),
        "0");
    EXPECT_EQ(bytes, 4U);
    EXPECT_EQ(way, HEAPSEL_COPY_WAY_MAPPING);
    EXPECT_EQ(calling(heapsel_buffer_write_file, buffer.get(), file.get(), 0U, 100U, 4U, nullptr,
                      nullptr),
              "0");
    std::array<char, 9> text{};
    EXPECT_EQ(::pread(file.get(), text.data(), text.size(), 0), 9);
    EXPECT_EQ(std::string(text.begin(), text.end()), "text text");
}

TEST_F(CApiBuffer, IsNotCopiedDuringAnAccessOrWithoutADescriptor) {
    const auto buffer = allocate();
    std::size_t bytes = 1;
    EXPECT_EQ(heapsel_buffer_begin_access(buffer.get(), HEAPSEL_ACCESS_READ, HEAPSEL_FENCES_UNKNOWN,
                                          nullptr, nullptr),
              0);
    EXPECT_EQ(heapsel_buffer_read_file(buffer.get(), 0, 0, 0, 1, &bytes, nullptr, nullptr), -EBUSY);
    EXPECT_EQ(bytes, 0U);
    const UniqueFd fd(heapsel_buffer_release_fd(buffer.get()));
    EXPECT_EQ(
        calling(heapsel_buffer_write_file, buffer.get(), 0, 0U, 0U, 1U, nullptr, nullptr),
        "cannot copy between a buffer and a file (a buffer from heap a): Bad file descriptor. "
        "Its descriptor was released.");
}

TEST_F(CApiBuffer, AnAccessThatThereIsNotIsEinval) {
    const auto buffer = allocate();
    for (const int wrong : {-1, 0, 4}) {
        const auto access = static_cast<heapsel_access>(wrong);
        const std::string tail = " (access): Invalid argument. Its enum has no value " +
                                 std::to_string(wrong) + ": give one that the header names.";
        EXPECT_EQ(calling(heapsel_buffer_begin_access, buffer.get(), access, HEAPSEL_FENCES_UNKNOWN,
                          nullptr),
                  "cannot call heapsel_buffer_begin_access" + tail);
    }
    EXPECT_TRUE(kernel_.synced.empty());
}

} // namespace
} // namespace heapsel
