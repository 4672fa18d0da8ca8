// SPDX-License-Identifier: LGPL-2.1-or-later
#include "io/file.hpp"

#include <array>
#include <cerrno>
#include <utility>

#include <sys/stat.h>
#include <unistd.h>

#include <heapsel/unique_fd.hpp>

namespace heapsel {

std::unexpected<Error> unreadable(int code, std::string path) {
    return std::unexpected(
        Error{.code = code, .operation = "read", .subject = std::move(path), .hint = {}});
}

namespace {

/// Asking once more for nothing costs as much as asking for all of it.
bool is_whole(std::size_t length, bool short_read, const struct stat& status, FileEnd end) {
    if (end == FileEnd::at_short_read)
        return short_read;
    return status.st_size > 0 && length == static_cast<std::size_t>(status.st_size);
}

} // namespace

std::expected<std::string, int> read_open_file(int fd, std::size_t limit, FileEnd end) {
    struct stat status{};
    if (::fstat(fd, &status) != 0)
        return std::unexpected(errno);
    if (!S_ISREG(status.st_mode))
        return std::unexpected(EINVAL);
    std::string content;
    std::array<char, 4096> chunk{};
    for (;;) {
        const ssize_t got = ::read(fd, chunk.data(), chunk.size());
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return std::unexpected(errno);
        if (got == 0)
            return content;
        content.append(chunk.data(), static_cast<std::size_t>(got));
        if (content.size() > limit)
            return std::unexpected(EFBIG);
        if (is_whole(content.size(), static_cast<std::size_t>(got) < chunk.size(), status, end))
            return content;
    }
}

Result<std::string> read_file(const std::filesystem::path& path, std::size_t limit) {
    const UniqueFd fd(::open(path.c_str(), file_flags));
    auto content = fd ? read_open_file(fd.get(), limit) : std::unexpected(errno);
    if (!content)
        return unreadable(content.error(), path.native());
    return *std::move(content);
}

} // namespace heapsel
