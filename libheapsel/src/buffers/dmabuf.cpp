// SPDX-License-Identifier: LGPL-2.1-or-later
#include <heapsel/dmabuf.hpp>

#include <cerrno>
#include <format>
#include <string>
#include <utility>

#include <fcntl.h>

#include "buffers/fdinfo.hpp"
#include "io/file.hpp"

namespace heapsel {
namespace {

std::unexpected<Error> failed(int fd, int code, std::string hint) {
    return std::unexpected(Error{.code = code,
                                 .operation = "read what a dma-buf is from",
                                 .subject = std::format("descriptor {}", fd),
                                 .hint = std::move(hint)});
}

} // namespace

Result<Dmabuf> describe_dmabuf(int fd) {
    if (::fcntl(fd, F_GETFD) < 0)
        return failed(fd, errno, {});
    const auto text = read_file(std::format("/proc/self/fdinfo/{}", fd), max_fdinfo);
    if (!text)
        return std::unexpected(text.error());
    auto buffer = parse_fdinfo(*text);
    if (!buffer)
        return failed(fd, EINVAL, "It is no dma-buf.");
    return *std::move(buffer);
}

} // namespace heapsel
