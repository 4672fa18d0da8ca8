// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <algorithm>
#include <concepts>
#include <cstdio>
#include <cstdlib>
#include <ranges>
#include <string>
#include <string_view>

#include <heapsel/error.hpp>
#include <heapsel/printable.hpp>

namespace heapsel::fuzz {

/// Ends the program, which is a finding, unless `holds`.
inline void expect(bool holds, std::string_view what) {
    if (holds)
        return;
    std::fprintf(stderr, "not so: %.*s\n", static_cast<int>(what.size()), what.data());
    std::abort();
}

/// What the library writes for people has no byte that a terminal would obey.
inline void expect_printable(std::string_view text) {
    const auto plain = [](char c) { return c >= 0x20 && c <= 0x7e; };
    expect(std::ranges::all_of(text, plain), printable(text));
}

template <std::ranges::range Texts>
    requires(!std::convertible_to<Texts, std::string_view>)
void expect_printable(const Texts& texts) {
    for (const std::string_view text : texts)
        expect_printable(text);
}

/// What every error promises.
inline void expect_sound(const Error& error) {
    expect(error.code > 0, "an error has an errno");
    expect(!error.operation.empty(), "an error says what was tried");
    expect_printable(error.message());
}

} // namespace heapsel::fuzz
