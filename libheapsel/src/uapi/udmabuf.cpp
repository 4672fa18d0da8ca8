// SPDX-License-Identifier: LGPL-2.1-or-later
#include "uapi/udmabuf.hpp"

#include <cerrno>
#include <format>
#include <limits>
#include <string>

#include <fcntl.h>
#include <linux/udmabuf.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "uapi/ioctl.hpp"

namespace heapsel::uapi {
namespace {

// Of memfd_create(2), without the zero.
constexpr std::size_t longest_name = 249;

UniqueFd sealable_memory(const std::string& name) {
    UniqueFd fd(::memfd_create(name.c_str(), MFD_CLOEXEC | MFD_NOEXEC_SEAL));
    if (!fd && errno == EINVAL) // Before 6.3.
        fd = UniqueFd(::memfd_create(name.c_str(), MFD_CLOEXEC | MFD_ALLOW_SEALING));
    return fd;
}

} // namespace

Result<UniqueFd> udmabuf_create(int device_fd, std::size_t size, std::string_view name) {
    const auto refused = [&](int code, std::string hint = {}) {
        return std::unexpected(Error{.code = code,
                                     .operation = std::format("allocate {} bytes", size),
                                     .subject = "udmabuf",
                                     .hint = std::move(hint)});
    };
    const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
    constexpr auto largest = static_cast<std::size_t>(std::numeric_limits<::off_t>::max());
    if (size > largest - page)
        return refused(EFBIG, "No file is that large: ask for less.");
    const std::size_t whole = (size + page - 1) / page * page;
    const UniqueFd memory = sealable_memory(std::string(name.substr(0, longest_name)));
    if (!memory)
        return refused(errno);
    if (::ftruncate(memory.get(), static_cast<::off_t>(whole)) != 0 ||
        ::fcntl(memory.get(), F_ADD_SEALS, F_SEAL_SHRINK) != 0)
        return refused(errno);
    struct ::udmabuf_create request{};
    request.memfd = static_cast<__u32>(memory.get());
    request.flags = UDMABUF_FLAGS_CLOEXEC;
    request.size = whole;
    const auto buffer = answered_ioctl(device_fd, UDMABUF_CREATE, &request);
    if (!buffer)
        return refused(buffer.error(), buffer.error() == EINVAL
                                           ? "It may be larger than the parameter size_limit_mb of "
                                             "the module udmabuf allows, which before Linux 7.3 is "
                                             "64."
                                           : "");
    return UniqueFd(*buffer);
}

} // namespace heapsel::uapi
