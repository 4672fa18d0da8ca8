// SPDX-License-Identifier: LGPL-2.1-or-later
#include <heapsel/c/text.h>

#include <heapsel/printable.hpp>
#include <heapsel/size_text.hpp>

#include "c/call.hpp"
#include "c/copied.hpp"

using namespace heapsel;

int heapsel_printable(const char* text, char** printable, heapsel_error** error) {
    if (printable != nullptr)
        *printable = nullptr;
    return c_api::call(__func__, error, {{"text", text}, {"printable", printable}},
                       [&]() -> Result<void> {
                           *printable = c_api::copied(heapsel::printable(text));
                           return {};
                       });
}

int heapsel_size_text(std::uint64_t bytes, char** text, heapsel_error** error) {
    if (text != nullptr)
        *text = nullptr;
    return c_api::call(__func__, error, {{"text", text}}, [&]() -> Result<void> {
        *text = c_api::copied(size_text(bytes));
        return {};
    });
}

std::uint64_t heapsel_size_called(const char* text) {
    return text == nullptr ? 0 : parse_size(text).value_or(0);
}
