// SPDX-License-Identifier: LGPL-2.1-or-later
#include <heapsel/policy_sources.hpp>

#include <cerrno>
#include <cstdlib>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace heapsel {
namespace {

TEST(PolicyEnvironment, EveryVariableIsReadAndIsTheOrigin) {
    const auto settings = parse_policy_environment({{"HEAPSEL_REQUIRE", "contiguous,non-ecc"},
                                                    {"HEAPSEL_PREFER", " cached , ecc"},
                                                    {"HEAPSEL_HEAP", "linux,cma"},
                                                    {"HEAPSEL_SIZE", "4K"},
                                                    {"HEAPSEL_FALLBACK", "none"},
                                                    {"HEAPSEL_UDMABUF", "1"}});
    ASSERT_TRUE(settings);
    const Criterion non_ecc{.trait = Trait::ecc, .wanted = false};
    EXPECT_EQ(*settings,
              (PolicySettings{
                  .require = {{.value = {.trait = Trait::contiguous}, .from = "HEAPSEL_REQUIRE"},
                              {.value = non_ecc, .from = "HEAPSEL_REQUIRE"}},
                  .prefer = Sourced(
                      std::vector<Criterion>{{.trait = Trait::cached}, {.trait = Trait::ecc}},
                      "HEAPSEL_PREFER"),
                  .heap = Sourced<std::string>("linux,cma", "HEAPSEL_HEAP"),
                  .size = Sourced(std::uint64_t{4096}, "HEAPSEL_SIZE"),
                  .fallback = Sourced(Fallback::none, "HEAPSEL_FALLBACK"),
                  .udmabuf = Sourced(true, "HEAPSEL_UDMABUF")}));
}

TEST(PolicyEnvironment, AnEmptyVariableIsAsNone) {
    EXPECT_EQ(parse_policy_environment({{"HEAPSEL_REQUIRE", ""},
                                        {"HEAPSEL_PREFER", ""},
                                        {"HEAPSEL_HEAP", ""},
                                        {"HEAPSEL_SIZE", ""},
                                        {"HEAPSEL_FALLBACK", ""},
                                        {"HEAPSEL_UDMABUF", ""}}),
              PolicySettings{});
}

TEST(PolicyEnvironment, AllThatIsWrongIsSaidAndOfWhichVariable) {
    const auto settings = parse_policy_environment({{"HEAPSEL_REQUIRE", "ecc,fast"},
                                                    {"HEAPSEL_PREFER", "ecc,non-ecc"},
                                                    {"HEAPSEL_SIZE", "\x1b"},
                                                    {"HEAPSEL_FALLBACK", "some"},
                                                    {"HEAPSEL_UDMABUF", "yes"}});
    ASSERT_FALSE(settings);
    std::vector<std::string> messages;
    for (const Error& error : settings.error()) {
        EXPECT_EQ(error.code, EINVAL);
        messages.push_back(error.message());
    }
    const std::string cannot = "cannot read the policy in the environment (";
    EXPECT_EQ(
        messages,
        (std::vector<std::string>{
            cannot + "HEAPSEL_REQUIRE): Invalid argument. \"fast\" is wrong. The words are "
                     "contiguous, cached, ecc, protected, each also with non- before it, and "
                     "uncached.",
            cannot + "HEAPSEL_PREFER): Invalid argument. \"non-ecc\" is wrong. The list asks for "
                     "it both ways; the words are contiguous, cached, ecc, protected, each also "
                     "with non- before it, and uncached.",
            cannot + "HEAPSEL_SIZE): Invalid argument. \"\\x1b\" is not a number above 0, bare or "
                     "with K, M or G.",
            cannot + "HEAPSEL_FALLBACK): Invalid argument. \"some\" is not one of same-caching, "
                     "any, none.",
            cannot + "HEAPSEL_UDMABUF): Invalid argument. \"yes\" is not 0 or 1."}));
}

class OfProcess : public testing::Test {
  protected:
    OfProcess() { clear(); }
    ~OfProcess() override { clear(); }

  private:
    // The next test in this process finds nothing of this one's.
    static void clear() {
        for (const char* const name : {"XDG_CONFIG_HOME", "HOME", "HEAPSEL_HEAP", "HEAPSEL_PREFER"})
            ::unsetenv(name);
    }
};

TEST_F(OfProcess, HasTheVariablesThatAreSet) {
    ::setenv("HEAPSEL_HEAP", "system", 1);
    ::setenv("HEAPSEL_PREFER", "", 1);
    EXPECT_EQ(PolicySources::of_process().environment,
              (PolicyEnvironment{{"HEAPSEL_HEAP", "system"}}));
}

TEST_F(OfProcess, TakesTheUsersDirectoryFromXdgOrHomeWhereThatIsAbsolute) {
    EXPECT_EQ(PolicySources::of_process().user, "");
    ::setenv("HOME", "home", 1);
    EXPECT_EQ(PolicySources::of_process().user, "");
    ::setenv("HOME", "/home/a", 1);
    EXPECT_EQ(PolicySources::of_process().user, "/home/a/.config/heapsel");
    ::setenv("XDG_CONFIG_HOME", "b", 1);
    EXPECT_EQ(PolicySources::of_process().user, "/home/a/.config/heapsel");
    ::setenv("XDG_CONFIG_HOME", "/b", 1);
    EXPECT_EQ(PolicySources::of_process().user, "/b/heapsel");
}

TEST_F(OfProcess, AnotherMachineHasNoUser) {
    ::setenv("HOME", "/home/a", 1);
    ::setenv("HEAPSEL_HEAP", "system", 1);
    const PolicySources sources = PolicySources::of_process(testing::TempDir());
    EXPECT_EQ(sources.root, testing::TempDir());
    EXPECT_EQ(sources.user, "");
    EXPECT_EQ(sources.environment.size(), 1U);
}

} // namespace
} // namespace heapsel
