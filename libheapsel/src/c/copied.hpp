// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstring>
#include <new>
#include <string>

namespace heapsel::c_api {

/// A copy that C frees with free(3).
inline char* copied(const std::string& text) {
    char* const copy = ::strdup(text.c_str());
    if (copy == nullptr)
        throw std::bad_alloc();
    return copy;
}

} // namespace heapsel::c_api
