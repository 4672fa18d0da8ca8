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

CpuAccess::CpuAccess(CpuAccess&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)), access_(other.access_),
      bytes_(std::exchange(other.bytes_, {})) {}

CpuAccess& CpuAccess::operator=(CpuAccess&& other) noexcept {
    if (this != &other) {
        static_cast<void>(end());
        fd_ = std::exchange(other.fd_, -1);
        access_ = other.access_;
        bytes_ = std::exchange(other.bytes_, {});
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
    bytes_ = {};
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

Buffer::Buffer(UniqueFd fd, std::size_t size, Origin origin)
    : Buffer(std::make_shared<const Origin>(std::move(origin)), std::move(fd), size) {}

Buffer::Buffer(std::shared_ptr<const Origin> origin, UniqueFd fd, std::size_t size)
    : fd_(std::move(fd)), size_(size), origin_(std::move(origin)) {}

Buffer::Buffer(Buffer&& other) noexcept
    : fd_(std::move(other.fd_)), size_(other.size_),
      mapping_(std::exchange(other.mapping_, std::nullopt)), writable_(other.writable_) {
    origin_ = other.origin_; // Both know it.
}

Buffer& Buffer::operator=(Buffer&& other) noexcept {
    fd_ = std::move(other.fd_);
    size_ = other.size_;
    origin_ = other.origin_;
    mapping_ = std::exchange(other.mapping_, std::nullopt);
    writable_ = other.writable_;
    return *this;
}

Result<Mapping> Buffer::map(Access access) const {
    const int protection = PROT_READ | (has(access, Access::write) ? PROT_WRITE : 0);
    void* const address = ::mmap(nullptr, size_, protection, MAP_SHARED, fd_.get(), 0);
    if (address == MAP_FAILED) {
        const int code = errno;
        return std::unexpected(Error{.code = code,
                                     .operation = std::format("map {} bytes", size_),
                                     .subject = "a buffer from heap " + origin_->heap,
                                     .hint = {}});
    }
    return Mapping({static_cast<std::byte*>(address), size_});
}

/// For writing wherever that is possible, so that nobody has to map it again.
Result<std::span<std::byte>> Buffer::map_once(Access access) {
    if (mapping_ && (writable_ || !has(access, Access::write)))
        return mapping_->bytes();
    auto mapping = map(Access::read_write);
    writable_ = mapping.has_value();
    if (!mapping && mapping.error().code == EACCES && !has(access, Access::write))
        mapping = map(Access::read);
    if (!mapping)
        return std::unexpected(std::move(mapping.error()));
    return mapping_.emplace(*std::move(mapping)).bytes();
}

Result<CpuAccess> Buffer::begin_access(Access access, Fences fences) {
    auto bytes = map_once(access);
    if (!bytes)
        return std::unexpected(std::move(bytes.error()));
    const bool uncached = origin_->cached == Answer::no;
    if (!uncached || fences == Fences::unknown) {
        if (auto started = sync(fd_.get(), uapi::SyncPhase::start, access); !started)
            return std::unexpected(std::move(started.error()));
    }
    CpuAccess bracket(uncached ? -1 : fd_.get(), access);
    bracket.bytes_ = *bytes;
    return bracket;
}

} // namespace heapsel
