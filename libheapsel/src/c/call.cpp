// SPDX-License-Identifier: LGPL-2.1-or-later
#include "c/call.hpp"

#include <cerrno>
#include <exception>
#include <format>
#include <new>
#include <stdexcept>
#include <type_traits>
#include <utility>

namespace heapsel::c_api {
namespace {

/// An error with its text; where it is, it stays.
struct GivenError : heapsel_error {
    explicit GivenError(const Error& why) : heapsel_error{}, message_(why.message()) {
        code = why.code;
        message = message_.c_str();
    }
    GivenError(const GivenError&) = delete;
    GivenError& operator=(const GivenError&) = delete;
    ~GivenError() = default;

  private:
    const std::string message_;
};

/// What is given where there is no memory for an error. A constant: it needs nothing at the start
/// of a program, and threads that run at its end may still have it.
constinit heapsel_error out_of_memory{.code = ENOMEM,
                                      .message = "cannot get memory: Cannot allocate memory"};
static_assert(std::is_trivially_destructible_v<heapsel_error>);

int fail_without_memory(heapsel_error** error) noexcept {
    if (error != nullptr)
        *error = &out_of_memory;
    return -ENOMEM;
}

Error unexpected_in(const char* function, const char* what) {
    return {.code = ENOTRECOVERABLE,
            .operation = std::format("finish {}", function),
            .subject = what,
            .hint = "This is a fault of libheapsel; please report it."};
}

} // namespace

void free_error(heapsel_error* error) noexcept {
    if (error != &out_of_memory)
        delete static_cast<GivenError*>(error);
}

Error bad_argument(const char* function, const char* name, std::string hint) {
    return {.code = EINVAL,
            .operation = std::format("call {}", function),
            .subject = name,
            .hint = std::move(hint)};
}

int fail(heapsel_error** error, const Error& why) {
    if (error != nullptr)
        *error = new GivenError(why);
    return -why.code;
}

int fail_for_exception(const char* function, heapsel_error** error) noexcept {
    try {
        try {
            throw;
        } catch (const std::bad_alloc&) {
            return fail_without_memory(error);
        } catch (const std::length_error&) {
            return fail_without_memory(error);
        } catch (const std::exception& fault) {
            return fail(error, unexpected_in(function, fault.what()));
        } catch (...) {
            return fail(error, unexpected_in(function, "an exception"));
        }
    } catch (...) {
        return fail_without_memory(error);
    }
}

} // namespace heapsel::c_api
