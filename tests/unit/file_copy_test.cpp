// SPDX-License-Identifier: LGPL-2.1-or-later
#include <heapsel/buffer.hpp>

#include <cerrno>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/dma-buf.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include "fake_ioctl.hpp"
#include "temporary_directory.hpp"

namespace heapsel {
namespace {

constexpr std::size_t whole_size = 16384;

UniqueFd file_in_memory(std::size_t size) {
    UniqueFd fd(::memfd_create("file", MFD_CLOEXEC));
    EXPECT_EQ(::ftruncate(fd.get(), static_cast<off_t>(size)), 0);
    return fd;
}

Buffer target() {
    return {file_in_memory(whole_size), whole_size, {.heap = "system", .cached = Answer::yes}};
}

std::string text_of(std::size_t size) {
    std::string text(size, '\0');
    for (std::size_t i = 0; i < size; ++i)
        text[i] = static_cast<char>('a' + i % 23);
    return text;
}

std::string content_of(int fd, std::size_t size, std::size_t offset = 0) {
    std::string text(size, '\0');
    const ssize_t got = ::pread(fd, text.data(), size, static_cast<off_t>(offset));
    text.resize(got < 0 ? 0 : static_cast<std::size_t>(got));
    return text;
}

void fill_file(int fd, const std::string& text) {
    ASSERT_EQ(::pwrite(fd, text.data(), text.size(), 0), static_cast<ssize_t>(text.size()));
}

/// A kernel for which every file is a dma-buf. It copies between two of one file system, as those
/// in memory are, and not between one in memory and one on disk.
class Copying : public testing::Test, public test::FakeIoctl {
  public:
    [[nodiscard]] std::optional<int> answer(int /*fd*/, unsigned long request,
                                            void* argument) override {
        if (request != DMA_BUF_IOCTL_SYNC)
            return std::nullopt;
        synced.push_back(static_cast<const dma_buf_sync*>(argument)->flags);
        return 0;
    }

  protected:
    [[nodiscard]] UniqueFd on_disk(int flags = O_RDWR) const {
        return UniqueFd(
            ::open((folder_.path() / "file").c_str(), O_CREAT | O_CLOEXEC | flags, 0600));
    }

    test::TemporaryDirectory folder_;
    std::vector<std::uint64_t> synced;
};

TEST_F(Copying, IsTheKernelsWhereItCan) {
    const UniqueFd file = file_in_memory(0);
    fill_file(file.get(), text_of(whole_size));
    Buffer filled = target();
    EXPECT_EQ(filled.read_from(file.get()).value(),
              (FileCopy{.bytes = whole_size, .way = CopyWay::one_copy}));
    EXPECT_EQ(content_of(filled.fd(), whole_size), text_of(whole_size));
    const UniqueFd copy = file_in_memory(0);
    EXPECT_EQ(filled.write_to(copy.get()).value(),
              (FileCopy{.bytes = whole_size, .way = CopyWay::one_copy}));
    EXPECT_EQ(content_of(copy.get(), whole_size + 1), text_of(whole_size));
    // Copying by the kernel needs no bracket.
    EXPECT_TRUE(synced.empty());
}

TEST_F(Copying, IsThroughAMappingWhereTheKernelCannot) {
    const UniqueFd file = on_disk();
    fill_file(file.get(), text_of(whole_size));
    Buffer filled = target();
    EXPECT_EQ(filled.read_from(file.get()).value(),
              (FileCopy{.bytes = whole_size, .way = CopyWay::mapping}));
    EXPECT_EQ(content_of(filled.fd(), whole_size), text_of(whole_size));
    EXPECT_EQ(synced, (std::vector<std::uint64_t>{DMA_BUF_SYNC_RW | DMA_BUF_SYNC_START,
                                                  DMA_BUF_SYNC_RW | DMA_BUF_SYNC_END}));
    synced.clear();
    ASSERT_EQ(::ftruncate(file.get(), 0), 0);
    EXPECT_EQ(filled.write_to(file.get()).value(),
              (FileCopy{.bytes = whole_size, .way = CopyWay::mapping}));
    EXPECT_EQ(content_of(file.get(), whole_size + 1), text_of(whole_size));
    EXPECT_EQ(synced, (std::vector<std::uint64_t>{DMA_BUF_SYNC_READ | DMA_BUF_SYNC_START,
                                                  DMA_BUF_SYNC_READ | DMA_BUF_SYNC_END}));
}

TEST_F(Copying, EndsWhereTheFileEnds) {
    for (const UniqueFd& file : {file_in_memory(0), on_disk()}) {
        fill_file(file.get(), text_of(1000));
        Buffer filled = target();
        EXPECT_EQ(filled.read_from(file.get())->bytes, 1000U);
        EXPECT_EQ(content_of(filled.fd(), 1001), text_of(1000) + '\0');
        EXPECT_EQ(filled.read_from(file.get(), {.file_offset = 1000})->bytes, 0U);
    }
}

TEST_F(Copying, IsOfAPartAtAnyOffset) {
    for (const UniqueFd& file : {file_in_memory(0), on_disk()}) {
        fill_file(file.get(), text_of(whole_size));
        Buffer filled = target();
        EXPECT_EQ(
            filled.read_from(file.get(), {.file_offset = 7, .buffer_offset = 13, .size = 5000})
                ->bytes,
            5000U);
        EXPECT_EQ(content_of(filled.fd(), 5000, 13), content_of(file.get(), 5000, 7));
        EXPECT_EQ(content_of(filled.fd(), 14, 5012).substr(1), std::string(13, '\0'));
        EXPECT_EQ(
            filled.write_to(file.get(), {.file_offset = 20000, .buffer_offset = 100, .size = 9})
                ->bytes,
            9U);
        EXPECT_EQ(content_of(file.get(), 100, 20000), content_of(filled.fd(), 9, 100));
    }
}

TEST_F(Copying, LeavesTheOffsetOfTheFileAlone) {
    const UniqueFd file = file_in_memory(0);
    fill_file(file.get(), text_of(whole_size));
    ASSERT_EQ(::lseek(file.get(), 5, SEEK_SET), 5);
    Buffer filled = target();
    EXPECT_TRUE(filled.read_from(file.get()));
    EXPECT_EQ(::lseek(file.get(), 0, SEEK_CUR), 5);
}

TEST_F(Copying, OfAFileThatIsOpenForDirectIoIsMappedWithoutIt) {
    const UniqueFd file = on_disk(O_RDWR | O_DIRECT);
    if (!file)
        GTEST_SKIP() << "the file system has no direct I/O";
    const UniqueFd cached = on_disk();
    fill_file(cached.get(), text_of(whole_size));
    Buffer filled = target();
    const auto before = test::open_fd_count();
    EXPECT_EQ(filled.read_from(file.get(), {.buffer_offset = 1, .size = 1001}).value(),
              (FileCopy{.bytes = 1001, .way = CopyWay::mapping}));
    EXPECT_EQ(content_of(filled.fd(), 1001, 1), text_of(1001));
    EXPECT_EQ(test::open_fd_count(), before);
}

TEST_F(Copying, OfWhatIsNotInTheBufferIsEinval) {
    const UniqueFd file = file_in_memory(whole_size);
    Buffer filled = target();
    EXPECT_EQ(
        filled.read_from(file.get(), {.buffer_offset = 1, .size = whole_size}).error().message(),
        "cannot read 16384 bytes of a file into a buffer (a buffer from heap system): "
        "Invalid argument. The buffer has 16384 bytes.");
    EXPECT_EQ(filled.write_to(file.get(), {.buffer_offset = whole_size + 1}).error().code, EINVAL);
    EXPECT_EQ(filled.write_to(file.get(), {.buffer_offset = whole_size})->bytes, 0U);
}

TEST_F(Copying, OfWhatIsNoRegularFileIsEinval) {
    int ends[2] = {-1, -1};
    ASSERT_EQ(::pipe2(ends, O_CLOEXEC), 0);
    const UniqueFd out(ends[0]);
    const UniqueFd in(ends[1]);
    Buffer filled = target();
    EXPECT_EQ(filled.read_from(out.get()).error().hint, "Give a regular file.");
    EXPECT_EQ(filled.write_to(in.get()).error().code, EINVAL);
    EXPECT_EQ(filled.read_from(-1).error().code, EBADF);
}

TEST_F(Copying, NeedsWhatTheFileIsOpenFor) {
    static_cast<void>(on_disk());
    Buffer filled = target();
    EXPECT_EQ(filled.read_from(on_disk(O_WRONLY).get()).error().code, EBADF);
    EXPECT_EQ(filled.write_to(on_disk(O_RDONLY).get()).error().code, EBADF);
    EXPECT_EQ(filled.write_to(on_disk(O_RDWR | O_APPEND).get()).error().hint,
              "Open the file without O_APPEND.");
}

TEST_F(Copying, SaysHowMuchWasWrittenBeforeALimit) {
    const UniqueFd file = on_disk();
    rlimit old{};
    ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &old), 0);
    const rlimit low{.rlim_cur = 4096, .rlim_max = old.rlim_max};
    auto* const handler = std::signal(SIGXFSZ, SIG_IGN);
    Buffer filled = target();
    ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &low), 0);
    const auto written = filled.write_to(file.get());
    EXPECT_EQ(::setrlimit(RLIMIT_FSIZE, &old), 0);
    std::signal(SIGXFSZ, handler);
    ASSERT_FALSE(written);
    EXPECT_EQ(written.error().message(),
              "cannot write 16384 bytes of a buffer into a file (a buffer from heap system): File "
              "too large. 4096 bytes were copied.");
}

TEST(CopyWay, HasAWord) {
    EXPECT_STREQ(to_string(CopyWay::direct), "direct");
    EXPECT_STREQ(to_string(CopyWay::one_copy), "one copy");
    EXPECT_STREQ(to_string(CopyWay::mapping), "mapping");
}

} // namespace
} // namespace heapsel
