// SPDX-License-Identifier: LGPL-2.1-or-later
//
// first-buffer BYTES: a small program that takes its buffer from the heap that the library picks.
// Built without the library (BARE), first-buffer-bare BYTES HEAP takes it from a heap that it is
// told. Each says how many nanoseconds passed from the first line of main() to the buffer.

#include <charconv>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <cstring>
#include <string>

#include <fcntl.h>
#include <linux/dma-heap.h>
#include <sys/ioctl.h>

#ifndef BARE
#include <heapsel/take.hpp>
#endif

namespace {

#ifdef BARE

bool take(std::size_t size, const char* heap) {
    const int device = open((std::string("/dev/dma_heap/") + heap).c_str(), O_RDONLY | O_CLOEXEC);
    dma_heap_allocation_data request{};
    request.len = size;
    request.fd_flags = O_RDWR | O_CLOEXEC;
    return device >= 0 && ioctl(device, DMA_HEAP_IOCTL_ALLOC, &request) == 0;
}

#else

bool take(std::size_t size, const char* /*heap*/) {
    return heapsel::take({.require = "contiguous", .size = size, .name = "frame"}).has_value();
}

#endif

} // namespace

int main(int argc, char** argv) {
    const auto started = std::chrono::steady_clock::now();
    std::size_t size = 0;
    if (argc < 2 ||
        std::from_chars(argv[1], argv[1] + std::strlen(argv[1]), size).ec != std::errc())
        return 2;
    if (!take(size, argc > 2 ? argv[2] : ""))
        return 1;
    const std::chrono::nanoseconds passed = std::chrono::steady_clock::now() - started;
    std::printf("%lld\n", static_cast<long long>(passed.count()));
    return 0;
}
