// SPDX-License-Identifier: LGPL-2.1-or-later
#include <heapsel/use.hpp>

#include <algorithm>

namespace heapsel {
namespace {

// By hand, as those of <cctype> follow the locale.
bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool is_inner(char c) {
    return is_letter(c) || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
}

} // namespace

bool is_use_name(std::string_view text) {
    return !text.empty() && text.size() <= max_use_bytes && is_letter(text.front()) &&
           std::ranges::all_of(text, is_inner);
}

} // namespace heapsel
