// SPDX-License-Identifier: LGPL-2.1-or-later
#include <heapsel/file_copy.hpp>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <format>
#include <span>
#include <string>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <heapsel/buffer.hpp>
#include <heapsel/error.hpp>
#include <heapsel/trait.hpp>
#include <heapsel/unique_fd.hpp>

namespace heapsel {
namespace {

enum class Direction : std::uint8_t { from_file, to_file };

/// One copy that is under way.
struct Copying {
    Buffer& buffer;
    Direction direction;
    std::uint64_t file_offset;
    std::size_t buffer_offset;
    std::size_t size;
    std::size_t done = 0;
};

Error failed(const Copying& copying, int code, std::string hint = {}) {
    if (hint.empty() && copying.done > 0)
        hint = std::format("{} bytes were copied.", copying.done);
    return {.code = code,
            .operation = copying.direction == Direction::from_file
                             ? std::format("read {} bytes of a file into a buffer", copying.size)
                             : std::format("write {} bytes of a buffer into a file", copying.size),
            .subject = "a buffer from heap " + copying.buffer.heap(),
            .hint = std::move(hint)};
}

/// An open file, or the same one opened once more, with or without O_DIRECT.
class Opened {
  public:
    Opened(int file, bool direct) : file_(file), direct_(is_direct(file)) {
        if (direct_ == direct)
            return;
        const int kept = ::fcntl(file, F_GETFL) & (O_ACCMODE | O_SYNC | O_NOATIME);
        again_.reset(::open(std::format("/proc/self/fd/{}", file).c_str(),
                            kept | O_CLOEXEC | (direct ? O_DIRECT : 0)));
        if (again_)
            direct_ = direct;
    }

    [[nodiscard]] int fd() const { return again_ ? again_.get() : file_; }
    [[nodiscard]] bool direct() const { return direct_; }

    static bool is_direct(int file) {
        const int flags = ::fcntl(file, F_GETFL);
        return flags >= 0 && (flags & O_DIRECT) != 0;
    }

  private:
    int file_;
    bool direct_;
    UniqueFd again_;
};

/// Whether there is a whole block to copy at a place that the storage can reach.
bool has_direct_block(int file, const Copying& copying) {
    struct statx about{};
    if (::statx(file, "", AT_EMPTY_PATH, STATX_DIOALIGN, &about) != 0 ||
        (about.stx_mask & STATX_DIOALIGN) == 0 || about.stx_dio_offset_align == 0 ||
        about.stx_dio_mem_align == 0)
        return false;
    const std::uint64_t block = about.stx_dio_offset_align;
    const std::uint64_t head = (block - copying.file_offset % block) % block;
    return copying.size >= head + block &&
           (copying.buffer_offset + head) % about.stx_dio_mem_align == 0;
}

/// 0, also where the file or the buffer ends, or an errno.
int copy_in_kernel(int file, Copying& copying) {
    while (copying.done < copying.size) {
        auto in_file = static_cast<off64_t>(copying.file_offset + copying.done);
        auto in_buffer = static_cast<off64_t>(copying.buffer_offset + copying.done);
        const std::size_t rest = copying.size - copying.done;
        const ssize_t moved =
            copying.direction == Direction::from_file
                ? ::copy_file_range(file, &in_file, copying.buffer.fd(), &in_buffer, rest, 0)
                : ::copy_file_range(copying.buffer.fd(), &in_buffer, file, &in_file, rest, 0);
        if (moved < 0 && errno != EINTR)
            return errno;
        if (moved == 0)
            return 0;
        copying.done += moved > 0 ? static_cast<std::size_t>(moved) : 0;
    }
    return 0;
}

/// What a kernel answers that does not copy between dma-bufs and files, or not with this one.
bool is_no_way(int code) {
    return code == EINVAL || code == EXDEV || code == EOPNOTSUPP || code == ENOSYS;
}

int copy_mapped(int file, Copying& copying, std::span<std::byte> bytes) {
    while (copying.done < copying.size) {
        const auto rest =
            bytes.subspan(copying.buffer_offset + copying.done, copying.size - copying.done);
        const auto at = static_cast<off64_t>(copying.file_offset + copying.done);
        const ssize_t moved = copying.direction == Direction::from_file
                                  ? ::pread64(file, rest.data(), rest.size(), at)
                                  : ::pwrite64(file, rest.data(), rest.size(), at);
        if (moved < 0 && errno != EINTR)
            return errno;
        if (moved == 0)
            return 0;
        copying.done += moved > 0 ? static_cast<std::size_t>(moved) : 0;
    }
    return 0;
}

Result<FileCopy> copy_through_mapping(int file, Copying copying) {
    // A mapping of a dma-buf cannot be the target of direct I/O.
    const Opened cached(file, false);
    // What is around a part may be in the same cache lines, so it is kept, too.
    auto access = copying.buffer.begin_access(
        copying.direction == Direction::from_file ? Access::read_write : Access::read);
    if (!access)
        return std::unexpected(std::move(access.error()));
    if (const int code = copy_mapped(cached.fd(), copying, access->bytes()); code != 0)
        return std::unexpected(failed(copying, code));
    if (auto ended = access->end(); !ended)
        return std::unexpected(std::move(ended.error()));
    return FileCopy{.bytes = copying.done, .way = CopyWay::mapping};
}

Result<FileCopy> copy(int file, Copying copying, bool as_opened) {
    const Opened opened(file, !as_opened || Opened::is_direct(file));
    const bool direct = opened.direct() && copying.buffer.origin().cached == Answer::yes &&
                        has_direct_block(opened.fd(), copying);
    const int code = copy_in_kernel(opened.fd(), copying);
    if (code == 0)
        return FileCopy{.bytes = copying.done, .way = direct ? CopyWay::direct : CopyWay::one_copy};
    if (copying.done == 0 && is_no_way(code))
        return copy_through_mapping(file, copying);
    return std::unexpected(failed(copying, code));
}

Result<FileCopy> copy_part(Buffer& buffer, int file, const FilePart& part, Direction direction) {
    Copying copying{
        .buffer = buffer,
        .direction = direction,
        .file_offset = part.file_offset,
        .buffer_offset = part.buffer_offset,
        .size = part.size.value_or(buffer.size() - std::min(part.buffer_offset, buffer.size()))};
    if (part.buffer_offset > buffer.size() || copying.size > buffer.size() - part.buffer_offset)
        return std::unexpected(
            failed(copying, EINVAL, std::format("The buffer has {} bytes.", buffer.size())));
    struct stat status{};
    if (::fstat(file, &status) != 0)
        return std::unexpected(failed(copying, errno));
    if (!S_ISREG(status.st_mode))
        return std::unexpected(failed(copying, EINVAL, "Give a regular file."));
    // pwrite(2) would append, whatever the offset.
    if (direction == Direction::to_file && (::fcntl(file, F_GETFL) & O_APPEND) != 0)
        return std::unexpected(failed(copying, EBADF, "Open the file without O_APPEND."));
    return copy(file, copying, part.as_opened);
}

} // namespace

const char* to_string(CopyWay way) {
    switch (way) {
    case CopyWay::direct:
        return "direct";
    case CopyWay::one_copy:
        return "one copy";
    case CopyWay::mapping:
        return "mapping";
    }
    return "";
}

Result<FileCopy> Buffer::read_from(int file, const FilePart& part) {
    return copy_part(*this, file, part, Direction::from_file);
}

Result<FileCopy> Buffer::write_to(int file, const FilePart& part) {
    return copy_part(*this, file, part, Direction::to_file);
}

} // namespace heapsel
