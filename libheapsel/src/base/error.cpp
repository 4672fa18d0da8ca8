// SPDX-License-Identifier: LGPL-2.1-or-later
#include <heapsel/error.hpp>

#include <format>

#include <heapsel/printable.hpp>

#include "base/errno_text.hpp"

namespace heapsel {

std::string Error::message() const {
    std::string text = "cannot " + operation;
    if (!subject.empty())
        text += std::format(" ({})", printable(subject));
    text += ": " + errno_text(code);
    if (!hint.empty())
        text += ". " + hint;
    return text;
}

} // namespace heapsel
