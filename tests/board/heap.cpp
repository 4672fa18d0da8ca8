// SPDX-License-Identifier: LGPL-2.1-or-later
#include "heap.hpp"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <format>
#include <fstream>
#include <linux/dma-heap.h>
#include <print>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <utility>

namespace board {
namespace {

std::string text(const std::optional<std::uint64_t>& figure) {
    return figure ? std::to_string(*figure) : "unknown";
}

} // namespace

Heap::Heap(std::string name) : name_(std::move(name)) {
    const std::string path = "/dev/dma_heap/" + name_;
    device_.reset(open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!device_) {
        std::println(stderr, "{}: {}", path, std::strerror(errno));
        std::exit(2);
    }
}

OrErrno<heapsel::UniqueFd> Heap::allocate(std::size_t size) const {
    dma_heap_allocation_data request{};
    request.len = size;
    request.fd_flags = O_RDWR | O_CLOEXEC;
    if (ioctl(device_.get(), DMA_HEAP_IOCTL_ALLOC, &request) < 0)
        return std::unexpected(errno);
    return heapsel::UniqueFd(static_cast<int>(request.fd));
}

std::optional<std::uint64_t> Heap::figure(const std::string& file) const {
    std::ifstream stream("/sys/class/dma_heap/" + name_ + "/" + file);
    std::uint64_t value = 0;
    if (!(stream >> value))
        return std::nullopt;
    return value;
}

std::string Usage::text() const {
    return std::format("{} buffers, {} bytes, {} free", board::text(buffers),
                       board::text(allocated), board::text(free));
}

OrErrno<Mapping> Mapping::of(int fd, std::size_t size, std::int64_t offset) {
    void* data = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, offset);
    if (data == MAP_FAILED)
        return std::unexpected(errno);
    return Mapping(static_cast<std::byte*>(data), size);
}

Mapping::Mapping(Mapping&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)), size_(other.size_) {}

Mapping::~Mapping() {
    if (data_ != nullptr)
        munmap(data_, size_);
}

} // namespace board
