// SPDX-License-Identifier: LGPL-2.1-or-later
#include <heapsel/c/allocator.h>

#include <cerrno>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <linux/dma-buf.h>
#include <sys/stat.h>
#include <unistd.h>

#include "c/handles.hpp"
#include "c_handle.hpp"
#include "fake_heap.hpp"
#include "fake_write.hpp"
#include "temporary_folder.hpp"

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
    EXPECT_EQ(heapsel_buffer_cached(buffer.get()), HEAPSEL_ANSWER_NO);
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
    void* address = nullptr;
    EXPECT_EQ(calling(heapsel_buffer_map, buffer.get(), HEAPSEL_ACCESS_READ, &address), "0");
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
    EXPECT_STREQ(heapsel_error_attempted(error), "allocate 4096 bytes");
    EXPECT_STREQ(heapsel_error_subject(error), "a");
}

TEST_F(CApiBuffer, ReleasesItsDescriptorToTheCaller) {
    const auto before = test::open_fd_count();
    auto buffer = allocate();
    void* mapped = nullptr;
    EXPECT_EQ(calling(heapsel_buffer_map, buffer.get(), HEAPSEL_ACCESS_WRITE, &mapped), "0");
    EXPECT_EQ(calling(heapsel_buffer_begin_access, buffer.get(), HEAPSEL_ACCESS_WRITE,
                      HEAPSEL_FENCES_UNKNOWN, nullptr),
              "0");
    const UniqueFd fd(heapsel_buffer_release_fd(buffer.get()));
    EXPECT_EQ(kernel_.synced.back(), DMA_BUF_SYNC_WRITE | DMA_BUF_SYNC_END);
    EXPECT_EQ(heapsel_buffer_fd(buffer.get()), -1);
    EXPECT_EQ(heapsel_buffer_release_fd(buffer.get()), -1);
    std::memset(mapped, 0x5a, 8192);
    EXPECT_EQ(calling(heapsel_buffer_map, buffer.get(), HEAPSEL_ACCESS_READ, &mapped),
              "cannot map the buffer (a buffer from heap a): Bad file descriptor. Its descriptor "
              "was released.");
    EXPECT_EQ(mapped, nullptr);
    EXPECT_EQ(calling(heapsel_buffer_begin_access, buffer.get(), HEAPSEL_ACCESS_READ,
                      HEAPSEL_FENCES_UNKNOWN, nullptr),
              "cannot begin CPU access (a buffer from heap a): Bad file descriptor. Its descriptor "
              "was released.");
    buffer.reset();
    EXPECT_EQ(test::open_fd_count(), before + 1);
    struct stat status{};
    EXPECT_EQ(::fstat(fd.get(), &status), 0);
    EXPECT_EQ(status.st_size, 8192);
}

TEST_F(CApiBuffer, MapsOnceForEachKindOfAccess) {
    const auto buffer = allocate();
    const auto mapped = [&](heapsel_access access) {
        void* address = nullptr;
        EXPECT_EQ(calling(heapsel_buffer_map, buffer.get(), access, &address), "0");
        return static_cast<char*>(address);
    };
    char* const writable = mapped(HEAPSEL_ACCESS_WRITE);
    EXPECT_EQ(mapped(HEAPSEL_ACCESS_READ_WRITE), writable);
    const char* const readable = mapped(HEAPSEL_ACCESS_READ);
    EXPECT_NE(readable, writable);
    EXPECT_EQ(mapped(HEAPSEL_ACCESS_READ), readable);
    writable[8191] = 'x';
    EXPECT_EQ(readable[8191], 'x');
}

TEST_F(CApiBuffer, SaysWhatItIs) {
    const auto buffer = allocate();
    EXPECT_EQ(heapsel_buffer_exporter(buffer.get()), HEAPSEL_EXPORTER_DMA_HEAP);
    EXPECT_EQ(heapsel_buffer_cached(buffer.get()), HEAPSEL_ANSWER_UNKNOWN);
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
              "begun.");
    EXPECT_EQ(calling(heapsel_buffer_begin_access, buffer.get(), HEAPSEL_ACCESS_READ_WRITE,
                      HEAPSEL_FENCES_UNKNOWN, nullptr),
              "0");
    EXPECT_EQ(calling(heapsel_buffer_begin_access, buffer.get(), HEAPSEL_ACCESS_READ,
                      HEAPSEL_FENCES_UNKNOWN, nullptr),
              "cannot begin CPU access (a buffer from heap a): Device or resource busy. It has "
              "begun already.");
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

TEST_F(CApiBuffer, AnAccessThatThereIsNotIsEinval) {
    const auto buffer = allocate();
    for (const int wrong : {-1, 0, 4}) {
        const auto access = static_cast<heapsel_access>(wrong);
        const std::string tail =
            " (access): Invalid argument. Its enum has no value " + std::to_string(wrong) + ".";
        void* address = nullptr;
        EXPECT_EQ(calling(heapsel_buffer_map, buffer.get(), access, &address),
                  "cannot call heapsel_buffer_map" + tail);
        EXPECT_EQ(calling(heapsel_buffer_begin_access, buffer.get(), access, HEAPSEL_FENCES_UNKNOWN,
                          nullptr),
                  "cannot call heapsel_buffer_begin_access" + tail);
    }
    EXPECT_TRUE(kernel_.synced.empty());
}

class CApiBinding : public testing::Test {
  protected:
    CApiBinding() { set("[driver] nonecc@58000000 system"); }
    void set(const std::string& line) const { device_.write("heaps/frame", line + "\n"); }
    [[nodiscard]] const char* folder() const { return device_.path().c_str(); }

    test::TemporaryFolder device_;
};

TEST_F(CApiBinding, IsRead) {
    const auto binding =
        made_by<test::OwnedBinding>(heapsel_binding_read, folder(), HEAPSEL_ROLE_FRAME);
    EXPECT_EQ(heapsel_binding_heap_count(binding.get()), 0U);
    EXPECT_TRUE(heapsel_binding_or_driver(binding.get()));
    EXPECT_EQ(heapsel_binding_usable_count(binding.get()), 2U);
    heapsel_binding* none = nullptr;
    EXPECT_EQ(calling(heapsel_binding_read, folder(), HEAPSEL_ROLE_METADATA, &none),
              read_binding(folder(), Role::metadata).error().message());
    EXPECT_EQ(none, nullptr);
}

TEST_F(CApiBinding, IsWrittenAndReadBack) {
    std::vector<std::string> written;
    const test::FakeAttribute kernel(binding_file(folder(), Role::frame),
                                     [&](std::string_view text) {
                                         written.emplace_back(text);
                                         set("[system] [driver] nonecc@58000000");
                                         return 0;
                                     });
    const char* const heap = "system";
    const auto binding = made_by<test::OwnedBinding>(heapsel_binding_write, folder(),
                                                     HEAPSEL_ROLE_FRAME, &heap, 1U, true);
    EXPECT_STREQ(heapsel_binding_heap(binding.get(), 0), "system");
    EXPECT_EQ(
        calling(heapsel_binding_write, folder(), HEAPSEL_ROLE_FRAME, &heap, 1U, true, nullptr),
        "0");
    EXPECT_EQ(written, (std::vector<std::string>{"system driver", "system driver"}));
}

TEST_F(CApiBinding, ThatIsRefusedSaysWhy) {
    const test::FakeAttribute kernel(binding_file(folder(), Role::frame),
                                     [](std::string_view) { return EACCES; });
    const char* const heap = "system";
    heapsel_binding* none = nullptr;
    const std::vector<std::string> heaps{heap};
    EXPECT_EQ(calling(heapsel_binding_write, folder(), HEAPSEL_ROLE_FRAME, &heap, 1U, false, &none),
              bind_heaps(folder(), Role::frame, heaps, false).error().message());
    EXPECT_EQ(none, nullptr);
}

} // namespace
} // namespace heapsel
