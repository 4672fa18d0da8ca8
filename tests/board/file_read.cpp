// SPDX-License-Identifier: LGPL-2.1-or-later
//
// file-read: reads a file into a buffer, one way or the other, between the marks for whoever
// counts. Prints how many pages of the file are in the page cache then.

#include "heap.hpp"

#include "../../lab/traffic/marks.h"

#include <CLI/CLI.hpp>
#include <cerrno>
#include <cstring>
#include <print>

#include <fcntl.h>
#include <linux/dma-buf.h>
#include <linux/mman.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace {

[[noreturn]] void give_up(const std::string& what, int code) {
    std::println(stderr, "{}: {}", what, std::strerror(code));
    std::exit(1);
}

void sync(int buffer, std::uint64_t flags) {
    dma_buf_sync request{.flags = flags};
    if (::ioctl(buffer, DMA_BUF_IOCTL_SYNC, &request) != 0)
        give_up("DMA_BUF_IOCTL_SYNC", errno);
}

/// The whole file, by steps of which `step` says how large they were.
template <typename Step>
void read_all(std::size_t size, Step step) {
    for (std::size_t done = 0; done < size;) {
        const ssize_t got = step(done);
        if (got <= 0)
            give_up("read", got < 0 ? errno : EIO);
        done += static_cast<std::size_t>(got);
    }
}

void copy(int file, int buffer, std::size_t size) {
    off64_t from = 0;
    off64_t to = 0;
    __asm__ volatile("hint %0" : : "i"(MARK_BEGIN) : "memory");
    read_all(size, [&](std::size_t done) {
        return ::copy_file_range(file, &from, buffer, &to, size - done, 0);
    });
    __asm__ volatile("hint %0" : : "i"(MARK_END) : "memory");
}

void read_mapped(int file, int buffer, std::size_t size) {
    const auto mapping = board::Mapping::of(buffer, size);
    if (!mapping)
        give_up("mmap", mapping.error());
    // What a mapping costs is no matter of reading.
    std::memset(mapping->data(), 0, size);
    __asm__ volatile("hint %0" : : "i"(MARK_BEGIN) : "memory");
    sync(buffer, DMA_BUF_SYNC_START | DMA_BUF_SYNC_WRITE);
    read_all(size,
             [&](std::size_t done) { return ::read(file, mapping->data() + done, size - done); });
    sync(buffer, DMA_BUF_SYNC_END | DMA_BUF_SYNC_WRITE);
    __asm__ volatile("hint %0" : : "i"(MARK_END) : "memory");
}

bool same(int file, int buffer, std::size_t size) {
    const auto mapping = board::Mapping::of(buffer, size);
    if (!mapping)
        give_up("mmap", mapping.error());
    std::vector<std::byte> data(size);
    sync(buffer, DMA_BUF_SYNC_START | DMA_BUF_SYNC_READ);
    read_all(size, [&](std::size_t done) {
        return ::pread(file, data.data() + done, size - done, static_cast<off_t>(done));
    });
    return std::memcmp(data.data(), mapping->data(), size) == 0;
}

std::uint64_t cached_pages(int file) {
    cachestat_range range{.off = 0, .len = 0};
    struct cachestat about{};
    if (::syscall(__NR_cachestat, file, &range, &about, 0) != 0)
        give_up("cachestat", errno);
    return about.nr_cache;
}

} // namespace

int main(int argc, char** argv) {
    std::string name;
    std::string path;
    bool mapped = false;
    CLI::App app("Reads a file into a buffer of the same size.");
    app.add_option("heap", name)->required();
    app.add_option("file", path)->required();
    app.add_flag("--mapped", mapped, "through the page cache and a mapping");
    CLI11_PARSE(app, argc, argv);

    const heapsel::UniqueFd cached(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    const heapsel::UniqueFd direct(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_DIRECT));
    struct stat status{};
    if (!cached || !direct || ::fstat(cached.get(), &status) != 0)
        give_up(path, errno);
    const auto size = static_cast<std::size_t>(status.st_size);
    const auto buffer = board::Heap(name).allocate(size);
    if (!buffer)
        give_up(name, buffer.error());
    if (mapped)
        read_mapped(cached.get(), buffer->get(), size);
    else
        copy(direct.get(), buffer->get(), size);
    std::println("{}", cached_pages(cached.get()));
    if (!same(cached.get(), buffer->get(), size))
        give_up("the buffer is not what the file is", EIO);
    return 0;
}
