// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <initializer_list>
#include <string>
#include <utility>

#include <heapsel/c/error.h>
#include <heapsel/error.hpp>

/// Its text is that of a c_api::GivenError, or a constant.
struct heapsel_error {
    int code;
    const char* message;
};

namespace heapsel::c_api {

/// A pointer that may not be null, and what the header calls it.
struct Given {
    const char* name;
    const void* pointer;
};

/// Gives `*error`, where the caller wants it, an object for `why`; returns the negative errno.
int fail(heapsel_error** error, const Error& why);
/// As `fail`, for the exception that is being handled. Needs no memory where there is none.
int fail_for_exception(const char* function, heapsel_error** error) noexcept;

void free_error(heapsel_error* error) noexcept;

/// EINVAL for the argument `name` of `function`.
[[nodiscard]] Error bad_argument(const char* function, const char* name, std::string hint);

/// What each function of the C API that can fail is made of: it checks `given`, and turns what
/// `body`, which gives a Result<void>, returns or throws into the caller's error.
template <typename Body>
int call(const char* function, heapsel_error** error, std::initializer_list<Given> given,
         Body body) noexcept {
    try {
        if (error != nullptr)
            *error = nullptr;
        for (const auto& [name, pointer] : given) {
            if (pointer == nullptr)
                return fail(error, bad_argument(function, name, "It must not be NULL."));
        }
        const Result<void> done = body();
        return done ? 0 : fail(error, done.error());
    } catch (...) {
        return fail_for_exception(function, error);
    }
}

/// A `call` that gives the caller a handle through `made`, of what `body`, which gives a Result,
/// returns. The handle is null after a failure.
template <typename Handle, typename Body>
int make(const char* function, heapsel_error** error, Handle** made,
         std::initializer_list<Given> given, Body body) noexcept {
    if (made != nullptr)
        *made = nullptr;
    return call(function, error, given, [&]() -> Result<void> {
        auto value = body();
        if (!value)
            return std::unexpected(std::move(value.error()));
        *made = new Handle{*std::move(value)};
        return {};
    });
}

} // namespace heapsel::c_api
