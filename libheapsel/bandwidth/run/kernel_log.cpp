// SPDX-License-Identifier: LGPL-2.1-or-later
#include "bandwidth/run/kernel_log.hpp"

#include <array>
#include <cerrno>

#include <fcntl.h>
#include <unistd.h>

namespace heapsel::bandwidth {
namespace {

constexpr const char* log_device = "/dev/kmsg";

std::unexpected<Error> no_log(int code) {
    return std::unexpected(Error{.code = code,
                                 .operation = "read the kernel's log",
                                 .subject = log_device,
                                 .hint = code == EACCES || code == EPERM
                                             ? "kernel.dmesg_restrict is 1: run it as root."
                                             : ""});
}

} // namespace

Result<KernelLog> KernelLog::from_now() {
    UniqueFd fd(::open(log_device, O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (!fd || ::lseek(fd.get(), 0, SEEK_END) < 0)
        return no_log(errno);
    return KernelLog(std::move(fd));
}

Result<bool> KernelLog::says(std::string_view text) const {
    constexpr std::size_t longest_record = 8192;
    std::array<char, longest_record> record{};
    bool said = false;
    for (;;) {
        const ssize_t length = ::read(fd_.get(), record.data(), record.size());
        if (length >= 0)
            said = said ||
                   std::string_view(record.data(), static_cast<std::size_t>(length)).contains(text);
        // EPIPE: records were overwritten before they were read, and it goes on with what is left.
        else if (errno == EAGAIN)
            return said;
        else if (errno != EPIPE && errno != EINTR)
            return no_log(errno);
        if (length == 0)
            return said;
    }
}

} // namespace heapsel::bandwidth
