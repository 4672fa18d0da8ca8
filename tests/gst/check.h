// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <concepts>
#include <cstdio>
#include <format>
#include <functional>
#include <source_location>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

/// The few lines of a test runner that a board without GoogleTest needs: TAP, and a last line that
/// counts.
namespace check {

struct Failed : std::runtime_error {
    using std::runtime_error::runtime_error;
};
struct Skipped : std::runtime_error {
    using std::runtime_error::runtime_error;
};

inline void that(bool holds, std::string_view what,
                 std::source_location where = std::source_location::current()) {
    if (!holds)
        throw Failed(std::format("line {}: {}", where.line(), what));
}

template <typename A, typename B>
void equal(const A& actual, const B& expected, std::string_view what,
           std::source_location where = std::source_location::current()) {
    if (!(actual == expected))
        throw Failed(
            std::format("line {}: {} is {}, not {}", where.line(), what, actual, expected));
}

inline void contains(std::string_view text, std::string_view part,
                     std::source_location where = std::source_location::current()) {
    if (!text.contains(part))
        throw Failed(std::format("line {}: '{}' is not in '{}'", where.line(), part, text));
}

struct Test {
    std::string name;
    std::function<void()> body;
};

/// 0 if none failed.
inline int run(const std::vector<Test>& tests) {
    int passed = 0;
    int failed = 0;
    int skipped = 0;
    std::printf("1..%zu\n", tests.size());
    for (std::size_t index = 0; index < tests.size(); ++index) {
        const Test& test = tests[index];
        try {
            test.body();
            ++passed;
            std::printf("ok %zu - %s\n", index + 1, test.name.c_str());
        } catch (const Skipped& why) {
            ++skipped;
            std::printf("ok %zu - %s # SKIP %s\n", index + 1, test.name.c_str(), why.what());
        } catch (const std::exception& why) {
            ++failed;
            std::printf("not ok %zu - %s\n# %s\n", index + 1, test.name.c_str(), why.what());
        }
        std::fflush(stdout);
    }
    std::printf("%d passed, %d failed, %d skipped\n", passed, failed, skipped);
    return failed == 0 ? 0 : 1;
}

} // namespace check
