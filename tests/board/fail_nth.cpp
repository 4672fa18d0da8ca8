// SPDX-License-Identifier: LGPL-2.1-or-later
#include "fail_nth.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <format>
#include <print>
#include <unistd.h>

namespace board {
namespace {

std::size_t open_descriptors() {
    return static_cast<std::size_t>(
        std::ranges::distance(std::filesystem::directory_iterator("/proc/self/fd"),
                              std::filesystem::directory_iterator{}));
}

std::vector<Usage> usage_of(const std::vector<const Heap*>& heaps) {
    std::vector<Usage> usages;
    for (const Heap* heap : heaps)
        usages.emplace_back(*heap);
    return usages;
}

} // namespace

FailNth::FailNth() : file_(open("/proc/thread-self/fail-nth", O_RDWR | O_CLOEXEC)) {
    if (!file_) {
        std::println(stderr, "/proc/thread-self/fail-nth: {}; this kernel has no fault injection",
                     std::strerror(errno));
        std::exit(77);
    }
}

bool FailNth::disarm() const {
    std::array<char, 16> text{};
    const ssize_t length = pread(file_.get(), text.data(), text.size(), 0);
    set(0);
    unsigned left = 1;
    if (length > 0)
        std::from_chars(text.data(), text.data() + length, left);
    return left == 0;
}

void FailNth::set(unsigned n) const {
    const std::string text = std::to_string(n);
    if (pwrite(file_.get(), text.data(), text.size(), 0) < 0) {
        std::println(stderr, "fail-nth: {}", std::strerror(errno));
        std::exit(2);
    }
}

void Account::print(std::string_view title) const {
    std::println("{}: {} points of failure", title, points);
    for (const auto& [outcome, count] : ends)
        std::println("  {:4} {}", count, outcome);
    for (const std::string& fault : faults)
        std::println("  FAULT {}", fault);
    std::fflush(stdout);
}

Account fail_everywhere(const FailNth& fail_nth, const std::vector<const Heap*>& heaps,
                        const std::set<int>& clean, const std::function<void()>& prepare,
                        const std::function<End()>& live, const std::function<void()>& forget) {
    Account account;
    const std::vector<Usage> before = usage_of(heaps);
    for (unsigned n = 1;; ++n) {
        const std::size_t descriptors = open_descriptors();
        prepare();
        fail_nth.arm(n);
        const End end = live();
        const bool happened = fail_nth.disarm();
        forget();

        const std::string outcome =
            end.error == 0 ? "survived" : std::string(end.step) + ": " + strerrorname_np(end.error);
        if (end.error != 0 && !clean.contains(end.error))
            account.faults.push_back(std::format("point {}: {}", n, outcome));
        const std::vector<Usage> after = usage_of(heaps);
        for (std::size_t i = 0; i < heaps.size(); ++i)
            if (after[i] != before[i])
                account.faults.push_back(
                    std::format("point {}: {} left with {}", n, heaps[i]->name(), after[i].text()));
        if (open_descriptors() != descriptors)
            account.faults.push_back(std::format("point {}: a descriptor is left", n));
        if (!happened) {
            if (end.error != 0)
                account.faults.push_back(std::format("with no failure: {}", outcome));
            return account;
        }
        ++account.points;
        ++account.ends[outcome];
    }
}

} // namespace board
