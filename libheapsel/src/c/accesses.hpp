// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <array>
#include <cerrno>
#include <string>
#include <utility>

#include <heapsel/buffer.hpp>

namespace heapsel::c_api {

inline constexpr std::array all_accesses{Access::read, Access::write, Access::read_write};
inline constexpr std::array all_fences{Fences::unknown, Fences::signalled};

/// EBUSY: the bracket of `subject` is open.
inline Error begun_already(std::string subject) {
    return {.code = EBUSY,
            .attempted = "begin CPU access",
            .subject = std::move(subject),
            .remedy = "It has begun already."};
}

/// EPERM: it is not.
inline Error not_begun(std::string subject) {
    return {.code = EPERM,
            .attempted = "end CPU access",
            .subject = std::move(subject),
            .remedy = "It has not begun."};
}

} // namespace heapsel::c_api
