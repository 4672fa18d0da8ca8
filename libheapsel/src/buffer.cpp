// SPDX-License-Identifier: LGPL-2.1-or-later
#include <heapsel/buffer.hpp>

#include <cerrno>
#include <format>
#include <utility>

#include <sys/mman.h>

#include "uapi/dma_buf.hpp"

namespace heapsel {
namespace {

bool has(Access access, Access part) {
    return (std::to_underlying(access) & std::to_underlying(part)) != 0;
}

Result<void> sync(int fd, uapi::SyncPhase phase, Access access) {
    return uapi::dma_buf_sync(fd, phase, has(access, Access::read), has(access, Access::write));
}

} // namespace

CpuAccess::CpuAccess(int dmabuf_fd, Access access) : fd_(dmabuf_fd), access_(access) {}

CpuAccess::CpuAccess(CpuAccess&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)), access_(other.access_) {}

CpuAccess& CpuAccess::operator=(CpuAccess&& other) noexcept {
    if (this != &other) {
        static_cast<void>(end());
        fd_ = std::exchange(other.fd_, -1);
        access_ = other.access_;
    }
    return *this;
}

CpuAccess::~CpuAccess() {
    static_cast<void>(end());
}

Result<CpuAccess> CpuAccess::begin(int dmabuf_fd, Access access) {
    if (auto started = sync(dmabuf_fd, uapi::SyncPhase::start, access); !started)
        return std::unexpected(std::move(started.error()));
    return CpuAccess(dmabuf_fd, access);
}

Result<void> CpuAccess::end() {
    const int fd = std::exchange(fd_, -1);
    if (fd < 0)
        return {};
    return sync(fd, uapi::SyncPhase::end, access_);
}

Mapping::Mapping(Mapping&& other) noexcept : bytes_(std::exchange(other.bytes_, {})) {}

Mapping& Mapping::operator=(Mapping&& other) noexcept {
    Mapping old(std::move(*this));
    bytes_ = std::exchange(other.bytes_, {});
    return *this;
}

Mapping::~Mapping() {
    if (!bytes_.empty())
        ::munmap(bytes_.data(), bytes_.size());
}

Buffer::Buffer(UniqueFd fd, std::size_t size, std::string heap)
    : fd_(std::move(fd)), size_(size), heap_(std::move(heap)) {}

Result<Mapping> Buffer::map(Access access) const {
    const int protection = PROT_READ | (has(access, Access::write) ? PROT_WRITE : 0);
    void* const address = ::mmap(nullptr, size_, protection, MAP_SHARED, fd_.get(), 0);
    if (address == MAP_FAILED) {
        const int code = errno;
        return std::unexpected(Error{.code = code,
                                     .attempted = std::format("map {} bytes", size_),
                                     .subject = "a buffer from heap " + heap_,
                                     .remedy = {}});
    }
    return Mapping({static_cast<std::byte*>(address), size_});
}

Result<CpuAccess> Buffer::begin_access(Access access) const {
    return CpuAccess::begin(fd_.get(), access);
}

} // namespace heapsel
