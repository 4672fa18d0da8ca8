// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cerrno>
#include <cstdlib>
#include <iostream>
#include <string>
#include <sys/ioctl.h>
#include <utility>

#include <heapsel/error.hpp>

/// Ends the program with what was tried, on what, why not, and what to do. All memory goes back.
[[noreturn]] inline void give_up(const heapsel::Error& error) {
    std::cerr << "decode-to-display: " << error.message() << '\n';
    std::exit(1);
}
[[noreturn]] inline void give_up(std::string what, std::string on, std::string hint, int code) {
    give_up({.code = code,
             .operation = std::move(what),
             .subject = std::move(on),
             .hint = std::move(hint)});
}
template <typename T>
T need(heapsel::Result<T> result) {
    if (!result)
        give_up(result.error());
    return *std::move(result);
}
inline void call(int fd, unsigned long request, void* argument, const char* what,
                 const char* hint = "") {
    while (::ioctl(fd, request, argument) != 0)
        if (errno != EINTR)
            give_up(what, "", hint, errno);
}
