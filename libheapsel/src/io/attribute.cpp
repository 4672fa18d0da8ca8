// SPDX-License-Identifier: LGPL-2.1-or-later
#include "io/attribute.hpp"

#include <cerrno>
#include <charconv>
#include <format>
#include <memory>
#include <string_view>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

#include <heapsel/printable.hpp>
#include <heapsel/unique_fd.hpp>

#include "io/file.hpp"

namespace heapsel {
namespace {

namespace fs = std::filesystem;

std::unexpected<Error> malformed(int code, const std::string& path, std::string why) {
    return std::unexpected(
        Error{.code = code, .operation = "read", .subject = path, .hint = std::move(why)});
}

constexpr int flags = file_flags | O_NOFOLLOW;

/// Of a file that is open, or could not be opened.
Result<std::string> attribute_in(const UniqueFd& fd, const std::string& path) {
    auto text = fd ? read_open_file(fd.get(), max_attribute, FileEnd::at_short_read)
                   : std::unexpected(errno);
    if (!text && text.error() == ELOOP)
        return malformed(EINVAL, path, "It is a link.");
    if (!text)
        return unreadable(text.error(), path);
    if (text->ends_with('\n'))
        text->pop_back();
    if (text->empty())
        return malformed(EINVAL, path, "It is empty.");
    if (text->contains('\n'))
        return malformed(EINVAL, path, "It has more than one line.");
    return *std::move(text);
}

Result<std::uint64_t> number_in(const std::string& text, const std::string& path) {
    std::uint64_t value = 0;
    const char* const end = std::to_address(text.end());
    const auto parsed = std::from_chars(text.data(), end, value);
    if (parsed.ec == std::errc::result_out_of_range)
        return malformed(ERANGE, path, excerpt(text) + " does not fit 64 bits.");
    if (parsed.ec != std::errc() || parsed.ptr != end)
        return malformed(EINVAL, path, excerpt(text) + " is no unsigned decimal number.");
    return value;
}

} // namespace

Result<std::string> read_attribute(const fs::path& path) {
    return attribute_in(UniqueFd(::open(path.c_str(), flags)), path.native());
}

int write_attribute(const fs::path& path, std::string_view text) {
    const UniqueFd fd(::open(path.c_str(), O_WRONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
    if (!fd)
        return errno;
    const ssize_t written = ::write(fd.get(), text.data(), text.size());
    if (written < 0)
        return errno;
    return std::cmp_equal(written, text.size()) ? 0 : EIO;
}

std::string excerpt(std::string_view text) {
    constexpr std::size_t enough = 32;
    const bool cut = text.size() > enough;
    return std::format("\"{}\"{}", printable(text.substr(0, enough)), cut ? "..." : "");
}

Result<std::uint64_t> read_number(const fs::path& path) {
    return read_attribute(path).and_then(
        [&](const std::string& text) { return number_in(text, path.native()); });
}

Result<std::uint64_t> read_number(const Directory& directory, const std::string& name) {
    const std::string path = directory.path_of(name);
    return attribute_in(UniqueFd(::openat(directory.fd(), name.c_str(), flags)), path)
        .and_then([&](const std::string& text) { return number_in(text, path); });
}

} // namespace heapsel
