// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <expected>
#include <string>

#include <heapsel/error.hpp>

namespace example {

/// What the program ends with; main.cpp says each in its help.
enum class Status {
    shown = 0,
    failed = 1,
    wrong_usage = 2,
    no_camera = 3,
    no_display = 4,
    no_common_format = 5,
    no_heap = 6,
    too_few_buffers = 7
};

/// Why it ends before its time, and the message for it.
struct Failure {
    Status status = Status::failed;
    std::string message;
};

template <typename T>
using OrFailure = std::expected<T, Failure>;

inline std::unexpected<Failure> failure(Status status, std::string message) {
    return std::unexpected(Failure{.status = status, .message = std::move(message)});
}

inline std::unexpected<Failure> failure(Status status, const heapsel::Error& error) {
    return failure(status, error.message());
}

} // namespace example
