// SPDX-License-Identifier: LGPL-2.1-or-later
#include "bandwidth/run/child.hpp"

#include <cerrno>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <thread>

#include <poll.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include "bandwidth/run/held_signals.hpp"
#include "temporary_directory.hpp"

namespace heapsel::bandwidth {
namespace {

using namespace std::chrono_literals;

ChildEnd end_of(const std::string& script) {
    auto child = Child::start({"sh", "-c", script});
    return child ? child->wait() : ChildEnd{.status = -1};
}

TEST(Child, EndsWithAStatusOrASignal) {
    EXPECT_TRUE(end_of("exit 0").well());
    EXPECT_EQ(end_of("exit 3").describe(), "ended with status 3");
    EXPECT_EQ(end_of("kill -9 $$").describe(), "was ended by signal 9 (Killed)");
}

TEST(Child, ThatIsNoProgramIsEnoentAndOneThatMayNotBeRunIsEacces) {
    EXPECT_EQ(Child::start({"no-such-program"}).error().code, ENOENT);
    EXPECT_EQ(Child::start({"/"}).error().code, EACCES);
    EXPECT_EQ(Child::start({}).error().code, EINVAL);
}

TEST(Child, HasNothingToReadUnlessItIsGiven) {
    EXPECT_TRUE(end_of("! read -r line").well());
}

TEST(Child, IsEndedWithAllThatItStartedWhenNobodyWaits) {
    const test::TemporaryDirectory directory;
    const auto mark = directory.path() / "mark";
    {
        const auto child = Child::start(
            {"sh", "-c", "(trap '' TERM; sleep 1; touch '" + mark.string() + "') & wait"});
        ASSERT_TRUE(child);
        std::this_thread::sleep_for(100ms);
    }
    std::this_thread::sleep_for(1200ms);
    EXPECT_FALSE(std::filesystem::exists(mark));
}

TEST(Child, ThatDoesNotListenIsMadeToEnd) {
    const auto start = std::chrono::steady_clock::now();
    {
        const auto child = Child::start({"sh", "-c", "trap '' TERM; while :; do sleep 1; done"});
        ASSERT_TRUE(child);
        std::this_thread::sleep_for(100ms);
    }
    EXPECT_LT(std::chrono::steady_clock::now() - start, 10s);
}

TEST(HeldSignals, ShowASignalInsteadOfEndingTheProcess) {
    {
        const auto signals = HeldSignals::hold();
        ASSERT_TRUE(signals);
        EXPECT_TRUE(signals->pass(1ms));
        ::kill(::getpid(), SIGTERM);
        const auto passed = signals->pass(10s);
        ASSERT_FALSE(passed);
        EXPECT_EQ(passed.error().code, EINTR);
    }
    sigset_t now{};
    ::sigprocmask(SIG_BLOCK, nullptr, &now);
    EXPECT_EQ(::sigismember(&now, SIGTERM), 0);
}

TEST(HeldSignals, LeaveOutWhatIsIgnored) {
    const auto before = ::signal(SIGHUP, SIG_IGN);
    {
        const auto signals = HeldSignals::hold();
        ASSERT_TRUE(signals);
        ::kill(::getpid(), SIGHUP);
        EXPECT_TRUE(signals->pass(1ms));
    }
    ::signal(SIGHUP, before);
}

TEST(HeldSignals, AreNotHeldInAChild) {
    const auto signals = HeldSignals::hold();
    ASSERT_TRUE(signals);
    EXPECT_EQ(end_of("kill -TERM $$; exit 0").signal, SIGTERM);
}

} // namespace
} // namespace heapsel::bandwidth
