// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>

#include <heapsel/error.hpp>
#include <heapsel/export.hpp>
#include <heapsel/file_copy.hpp>
#include <heapsel/heap.hpp>
#include <heapsel/trait.hpp>
#include <heapsel/unique_fd.hpp>

namespace heapsel {

/// What the CPU is about to do with a mapped buffer.
enum class Access : std::uint8_t { read = 1, write = 2, read_write = 3 };

/// What the caller knows of the work that devices have queued on a dma-buf (its implicit fences).
enum class Fences : std::uint8_t {
    unknown,  ///< Some may be pending.
    signalled ///< None is: no device uses the buffer, nor will before the CPU is done.
};

/// A bracket of CPU access to a dma-buf (DMA_BUF_IOCTL_SYNC): opened by `begin`, closed by `end`
/// or, where nobody looks at the error, by the destructor. Borrows the descriptor and the mapping.
///
/// The ioctl does two things. The exporter cleans and invalidates the CPU's caches, which memory
/// that is not cached does not need; and on opening, the kernel waits for the fences of devices
/// that use the buffer, which all memory needs.
class HEAPSEL_EXPORT CpuAccess {
  public:
    /// Retries when a signal interrupts (EINTR, EAGAIN). Any errno that the exporter gives is
    /// passed on.
    [[nodiscard]] static Result<CpuAccess> begin(int dmabuf_fd, Access access);
    /// The buffer's bytes, where `Buffer::begin_access` opened the bracket; else none.
    [[nodiscard]] std::span<std::byte> bytes() const { return bytes_; }
    /// Closes the bracket, also when it fails; a second call does nothing.
    [[nodiscard]] Result<void> end();

    CpuAccess(CpuAccess&& other) noexcept;
    CpuAccess& operator=(CpuAccess&& other) noexcept;
    CpuAccess(const CpuAccess&) = delete;
    CpuAccess& operator=(const CpuAccess&) = delete;
    ~CpuAccess();

  private:
    friend class Buffer;
    CpuAccess(int dmabuf_fd, Access access) : fd_(dmabuf_fd), access_(access) {}

    int fd_ = -1; ///< -1 once closed, and where nothing needs to be done to close it.
    Access access_{};
    std::span<std::byte> bytes_;
};

/// A shared mapping of a whole buffer; unmapped with the object. Move-only.
class HEAPSEL_EXPORT Mapping {
  public:
    Mapping(Mapping&& other) noexcept;
    Mapping& operator=(Mapping&& other) noexcept;
    Mapping(const Mapping&) = delete;
    Mapping& operator=(const Mapping&) = delete;
    ~Mapping();

    /// The whole buffer; valid while this lives.
    [[nodiscard]] std::span<std::byte> bytes() const { return bytes_; }

  private:
    friend class Buffer;
    explicit Mapping(std::span<std::byte> bytes) : bytes_(bytes) {}

    std::span<std::byte> bytes_;
};

/// Where a buffer came from. A value.
struct Origin {
    std::string heap; ///< The heap's name, raw; of no meaning to anyone but people.
    Exporter exporter = Exporter::dma_heap; ///< What handed it out.
    Answer cached = Answer::unknown;        ///< Whether CPU mappings of it are cached.
    friend bool operator==(const Origin&, const Origin&) = default;
};

/// One dma-buf, owned, and its mapping once there is one. Move-only; safe to use from one thread at
/// a time.
class HEAPSEL_EXPORT Buffer {
  public:
    /// Takes over `fd`, a dma-buf of `size` bytes.
    Buffer(UniqueFd fd, std::size_t size, Origin origin);
    /// The same of one of many that come from there. `origin` is not null.
    Buffer(std::shared_ptr<const Origin> origin, UniqueFd fd, std::size_t size);

    /// Leaves `other` without descriptor and mapping; where it came from it still knows.
    Buffer(Buffer&& other) noexcept;
    Buffer& operator=(Buffer&& other) noexcept;
    Buffer(const Buffer&) = delete;
    Buffer& operator=(const Buffer&) = delete;
    ~Buffer() = default;

    /// Still owned by the buffer.
    [[nodiscard]] int fd() const { return fd_.get(); }
    /// Hands the descriptor to the caller, who closes it; the buffer is empty afterwards.
    [[nodiscard]] UniqueFd release() { return std::move(fd_); }
    /// In bytes, as asked for; the heap may have rounded it up to whole pages.
    [[nodiscard]] std::size_t size() const { return size_; }
    /// The name of the heap it came from.
    [[nodiscard]] const std::string& heap() const { return origin_->heap; }
    /// All that is known of where it came from.
    [[nodiscard]] const Origin& origin() const { return *origin_; }

    /// A mapping of the caller's own. `access` other than read makes it writable. Any errno of
    /// mmap(2).
    [[nodiscard]] Result<Mapping> map(Access access) const;

    /// Opens a bracket of CPU access over the whole buffer, which ends before the buffer does. The
    /// first one maps the buffer, and the mapping stays. Closing it makes no system call where the
    /// memory is known to be uncached; opening it makes none where, besides, `fences` have
    /// signalled.
    ///
    /// Any errno of mmap(2), EACCES among them: the descriptor is not writable. Any errno of
    /// DMA_BUF_IOCTL_SYNC.
    [[nodiscard]] Result<CpuAccess> begin_access(Access access, Fences fences = Fences::unknown);

    /// Fills the buffer, or a part of it, from a regular file that is open for reading; the file's
    /// offset is not used. With copy_file_range(2) where the kernel can, and through a mapping
    /// where it cannot. Waits for devices that use the buffer, and those that use it afterwards see
    /// what was read: no bracket of CPU access is needed, and none must be open.
    ///
    /// Less than was asked for is copied where the file ends, which is no error.
    ///
    /// EINVAL: a part that is not in the buffer, or no regular file. EBADF: the file is not open
    /// for reading, or the buffer not for writing. EACCES: the latter, where it is mapped. Any
    /// errno of read(2), mmap(2) and DMA_BUF_IOCTL_SYNC. After an error, the buffer holds a part.
    [[nodiscard]] Result<FileCopy> read_from(int file, const FilePart& part = {});
    /// The other way: writes the buffer, or a part of it, into a regular file that is open for
    /// writing, and not for appending.
    ///
    /// As of `read_from`. EFBIG: the file would be larger than allowed; a limit of the process
    /// (RLIMIT_FSIZE) sends it SIGXFSZ, too. ENOSPC: the disk is full. After an error, the file has
    /// a part: the error says how much.
    [[nodiscard]] Result<FileCopy> write_to(int file, const FilePart& part = {});

  private:
    UniqueFd fd_;
    std::size_t size_ = 0;
    std::shared_ptr<const Origin> origin_;
    std::optional<Mapping> mapping_;
    bool writable_ = false; ///< The mapping is.

    [[nodiscard]] Result<std::span<std::byte>> map_once(Access access);
};

} // namespace heapsel
