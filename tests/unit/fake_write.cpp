// SPDX-License-Identifier: LGPL-2.1-or-later
#include "fake_write.hpp"

#include <cerrno>
#include <format>
#include <system_error>
#include <utility>

#include <sys/syscall.h>
#include <unistd.h>

namespace heapsel::test {
namespace {

const FakeAttribute* attribute = nullptr;

} // namespace

FakeAttribute::FakeAttribute(std::filesystem::path file, std::function<int(std::string_view)> store)
    : file_(std::move(file)), store_(std::move(store)) {
    attribute = this;
}

FakeAttribute::~FakeAttribute() {
    attribute = nullptr;
}

bool FakeAttribute::is_open_as(int fd) const {
    std::error_code failure;
    const auto path = std::filesystem::read_symlink(std::format("/proc/self/fd/{}", fd), failure);
    return !failure && path == file_;
}

ssize_t dispatch(int fd, const void* data, std::size_t size) {
    const FakeAttribute* const here = std::exchange(attribute, nullptr);
    ssize_t written = 0;
    if (here == nullptr || !here->is_open_as(fd)) {
        written = ::syscall(SYS_write, fd, data, size);
    } else {
        const int code = here->store({static_cast<const char*>(data), size});
        errno = code;
        written = code == 0 ? static_cast<ssize_t>(size) : -1;
    }
    attribute = here;
    return written;
}

} // namespace heapsel::test

extern "C" ssize_t write(int fd, const void* buf, std::size_t n) {
    return heapsel::test::dispatch(fd, buf, n);
}
