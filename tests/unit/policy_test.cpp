// SPDX-License-Identifier: LGPL-2.1-or-later
#include <heapsel/policy.hpp>

#include <optional>

#include <gtest/gtest.h>

namespace heapsel {
namespace {

TEST(Fallback, IsReadFromTheWordsThatItIsWrittenAs) {
    for (const Fallback fallback : all_fallbacks)
        EXPECT_EQ(parse_fallback(to_string(fallback)), fallback);
    for (const char* const text : {"", "same_caching", "Any", "none "})
        EXPECT_EQ(parse_fallback(text), std::nullopt) << text;
}

} // namespace
} // namespace heapsel
