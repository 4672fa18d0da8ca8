// SPDX-License-Identifier: LGPL-2.1-or-later
#include "bandwidth/run/work.hpp"

#include <cerrno>
#include <chrono>

#include <gtest/gtest.h>
#include <poll.h>

namespace heapsel::bandwidth {
namespace {

using Clock = std::chrono::steady_clock;

void wait_for(const Work& work) {
    pollfd waited{.fd = work.fd(), .events = POLLIN, .revents = 0};
    ASSERT_EQ(::poll(&waited, 1, 30'000), 1);
}

Setting of_command(std::vector<std::string> command) {
    Setting setting;
    setting.command = std::move(command);
    return setting;
}

TEST(Work, OfATimeEndsWhenItIsOver) {
    Setting setting;
    setting.seconds = 0.05;
    const auto start = Clock::now();
    auto work = Work::start(setting);
    ASSERT_TRUE(work) << work.error().message();
    wait_for(*work);
    EXPECT_GE(Clock::now() - start, std::chrono::milliseconds(50));
    EXPECT_FALSE(work->end());
}

TEST(Work, OfACommandEndsWithIt) {
    auto well = Work::start(of_command({"true"}));
    ASSERT_TRUE(well) << well.error().message();
    wait_for(*well);
    EXPECT_FALSE(well->end());
    auto badly = Work::start(of_command({"sh", "-c", "exit 3"}));
    ASSERT_TRUE(badly) << badly.error().message();
    wait_for(*badly);
    EXPECT_EQ(badly->end(), "the command ended with status 3");
    EXPECT_EQ(Work::start(of_command({"/nowhere/it"})).error().code, ENOENT);
}

} // namespace
} // namespace heapsel::bandwidth
