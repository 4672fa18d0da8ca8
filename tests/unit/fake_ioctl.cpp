// SPDX-License-Identifier: LGPL-2.1-or-later
#include "fake_ioctl.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdarg>
#include <filesystem>

#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "heaps/heap_ioctls.hpp"

namespace heapsel::test {
namespace {

FakeIoctl* fake = nullptr;
const char* const real_heap_class = heap_class;

} // namespace

FakeIoctl::FakeIoctl() {
    fake = this;
    heaps_.write("system/buffers", "0\n");
    heap_class = heaps_.path().c_str();
}

FakeIoctl::~FakeIoctl() {
    fake = nullptr;
    heap_class = real_heap_class;
}

void FakeIoctl::lists_no_usable_heaps() {
    std::filesystem::remove(heaps_.path() / "system/buffers");
}

void fill(std::span<__u8> field, std::string_view text) {
    std::ranges::fill(field, __u8{0});
    std::ranges::copy(text.substr(0, field.size()), field.begin());
}

/// Of the call that is on its way.
int dispatch(int fd, unsigned long request, void* argument) {
    const auto code = fake == nullptr ? std::nullopt : fake->answer(fd, request, argument);
    if (!code)
        return static_cast<int>(::syscall(SYS_ioctl, fd, request, argument));
    errno = *code;
    return *code == 0 ? 0 : -1;
}

} // namespace heapsel::test

extern "C" int ioctl(int fd, unsigned long request, ...) noexcept {
    va_list arguments;
    va_start(arguments, request);
    void* const argument = va_arg(arguments, void*);
    va_end(arguments);
    return heapsel::test::dispatch(fd, request, argument);
}
