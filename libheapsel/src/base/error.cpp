// SPDX-License-Identifier: LGPL-2.1-or-later
#include <heapsel/error.hpp>

#include <format>
#include <system_error>

#include <heapsel/printable.hpp>

namespace heapsel {

std::string Error::message() const {
    std::string text = "cannot " + attempted;
    if (!subject.empty())
        text += std::format(" ({})", printable(subject));
    text += ": " + std::generic_category().message(code);
    if (!remedy.empty())
        text += ". " + remedy;
    return text;
}

} // namespace heapsel
