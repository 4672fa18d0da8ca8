// SPDX-License-Identifier: LGPL-2.1-or-later
#include "c/call.hpp"

#include <cerrno>
#include <exception>
#include <format>
#include <new>
#include <stdexcept>
#include <system_error>

namespace heapsel::c_api {
namespace {

/// What is given where there is no memory for an error; never freed.
heapsel_error& out_of_memory() {
    static heapsel_error error = [] {
        Error why{.code = ENOMEM, .attempted = "get memory", .subject = {}, .remedy = {}};
        std::string message = why.message();
        return heapsel_error{.value = std::move(why), .message = std::move(message)};
    }();
    return error;
}

/// Makes it while there is memory.
[[maybe_unused]] const heapsel_error& made_early = out_of_memory();

int fail_without_memory(heapsel_error** error) noexcept {
    if (error != nullptr)
        *error = &out_of_memory();
    return -ENOMEM;
}

Error unexpected_in(const char* function, const char* what) {
    return {.code = ENOTRECOVERABLE,
            .attempted = std::format("finish {}", function),
            .subject = what,
            .remedy = "This is a fault of libheapsel; please report it."};
}

} // namespace

void free_error(heapsel_error* error) noexcept {
    if (error != &out_of_memory())
        delete error;
}

Error bad_argument(const char* function, const char* name, std::string remedy) {
    return {.code = EINVAL,
            .attempted = std::format("call {}", function),
            .subject = name,
            .remedy = std::move(remedy)};
}

int fail(heapsel_error** error, Error why) {
    const int code = why.code;
    if (error != nullptr) {
        std::string message = why.message();
        *error = new heapsel_error{.value = std::move(why), .message = std::move(message)};
    }
    return -code;
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
