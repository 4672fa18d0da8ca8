// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>

#include <heapsel/error.hpp>
#include <heapsel/export.hpp>
#include <heapsel/unique_fd.hpp>

namespace heapsel {

/// What the CPU is about to do with a mapped buffer.
enum class Access : std::uint8_t { read = 1, write = 2, read_write = 3 };

/// A bracket of CPU access to a dma-buf (DMA_BUF_IOCTL_SYNC): opened by `begin`, closed by `end`
/// or, where nobody looks at the error, by the destructor. Borrows the descriptor.
class HEAPSEL_EXPORT CpuAccess {
  public:
    /// Retries when a signal interrupts (EINTR, EAGAIN). Any errno that the exporter gives is
    /// passed on.
    [[nodiscard]] static Result<CpuAccess> begin(int dmabuf_fd, Access access);
    /// Closes the bracket, also when it fails; a second call does nothing.
    [[nodiscard]] Result<void> end();

    CpuAccess(CpuAccess&& other) noexcept;
    CpuAccess& operator=(CpuAccess&& other) noexcept;
    CpuAccess(const CpuAccess&) = delete;
    CpuAccess& operator=(const CpuAccess&) = delete;
    ~CpuAccess();

  private:
    CpuAccess(int dmabuf_fd, Access access);

    int fd_ = -1;
    Access access_{};
};

/// A shared mapping of a whole buffer; unmapped with the object. Move-only.
class HEAPSEL_EXPORT Mapping {
  public:
    Mapping(Mapping&& other) noexcept;
    Mapping& operator=(Mapping&& other) noexcept;
    Mapping(const Mapping&) = delete;
    Mapping& operator=(const Mapping&) = delete;
    ~Mapping();

    [[nodiscard]] std::span<std::byte> bytes() const { return bytes_; }

  private:
    friend class Buffer;
    explicit Mapping(std::span<std::byte> bytes) : bytes_(bytes) {}

    std::span<std::byte> bytes_;
};

/// One dma-buf, owned. Move-only; safe to use from one thread at a time.
class HEAPSEL_EXPORT Buffer {
  public:
    Buffer(UniqueFd fd, std::size_t size, std::string heap);

    /// Still owned by the buffer.
    [[nodiscard]] int fd() const { return fd_.get(); }
    /// Hands the descriptor to the caller, who closes it; the buffer is empty afterwards.
    [[nodiscard]] UniqueFd release() { return std::move(fd_); }
    /// In bytes, as asked for; the heap may have rounded it up to whole pages.
    [[nodiscard]] std::size_t size() const { return size_; }
    /// The name of the heap it came from.
    [[nodiscard]] const std::string& heap() const { return heap_; }

    /// Maps the whole buffer. `access` other than read makes it writable. Any errno of mmap(2).
    [[nodiscard]] Result<Mapping> map(Access access) const;
    [[nodiscard]] Result<CpuAccess> begin_access(Access access) const;

  private:
    UniqueFd fd_;
    std::size_t size_ = 0;
    std::string heap_;
};

} // namespace heapsel
