// SPDX-License-Identifier: LGPL-2.1-or-later
#include "file.hpp"

#include <array>
#include <cerrno>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <heapsel/unique_fd.hpp>

namespace heapsel {
namespace {

std::unexpected<Error> unreadable(int code, const std::filesystem::path& path) {
    return std::unexpected(
        Error{.code = code, .attempted = "read", .subject = path.native(), .remedy = {}});
}

} // namespace

Result<std::string> read_file(const std::filesystem::path& path, std::size_t limit) {
    const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
    if (!fd)
        return unreadable(errno, path);
    struct stat status{};
    if (::fstat(fd.get(), &status) != 0)
        return unreadable(errno, path);
    if (!S_ISREG(status.st_mode))
        return unreadable(EINVAL, path);
    std::string content;
    std::array<char, 4096> chunk{};
    for (;;) {
        const ssize_t got = ::read(fd.get(), chunk.data(), chunk.size());
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return unreadable(errno, path);
        if (got == 0)
            return content;
        content.append(chunk.data(), static_cast<std::size_t>(got));
        if (content.size() > limit)
            return unreadable(EFBIG, path);
    }
}

} // namespace heapsel
