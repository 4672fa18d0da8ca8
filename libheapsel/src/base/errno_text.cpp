// SPDX-License-Identifier: LGPL-2.1-or-later
#include "base/errno_text.hpp"

#include <cstring>
#include <format>

namespace heapsel {

std::string errno_text(int code) {
    const char* const text = ::strerrordesc_np(code);
    return text == nullptr ? std::format("Unknown error {}", code) : text;
}

} // namespace heapsel
