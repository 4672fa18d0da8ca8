// SPDX-License-Identifier: LGPL-2.1-or-later
#include <heapsel/c/pixel_format.h>

#include <heapsel/pixel_format.hpp>

#include "c/call.hpp"
#include "c/copied.hpp"

using namespace heapsel;

std::uint32_t heapsel_format_of_v4l2(std::uint32_t pixel_format) {
    return format_of_v4l2(pixel_format);
}

std::uint32_t heapsel_format_called(const char* text) {
    return text == nullptr ? 0 : format_called(text).value_or(0);
}

int heapsel_format_name(std::uint32_t format, std::uint64_t modifier, char** name,
                        heapsel_error** error) {
    if (name != nullptr)
        *name = nullptr;
    return c_api::call(__func__, error, {{"name", name}}, [&]() -> Result<void> {
        *name = c_api::copied(modifier == no_modifier ? format_name(format)
                                                      : format_name(format, modifier));
        return {};
    });
}
