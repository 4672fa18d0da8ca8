// SPDX-License-Identifier: LGPL-2.1-or-later
#include <heapsel/policy_sources.hpp>

#include <cerrno>
#include <filesystem>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <unistd.h>

#include "temporary_directory.hpp"

namespace heapsel {
namespace {

class LoadPolicy : public testing::Test {
  protected:
    LoadPolicy() {
        sources_ = {
            .root = directory_.path(), .user = directory_.path() / "home", .environment = {}};
    }

    void write(const std::string& file, const std::string& text) const {
        directory_.write(file, text);
    }

    /// What is wrong, without the directory that all is in.
    [[nodiscard]] std::vector<std::string> errors() const {
        const auto layers = load_policy(sources_);
        std::vector<std::string> messages;
        for (const Error& error : layers ? std::vector<Error>() : layers.error()) {
            std::string message = error.message();
            const auto at = message.find(directory_.path().native());
            messages.push_back(at == std::string::npos
                                   ? message
                                   : message.erase(at, directory_.path().native().size()));
        }
        return messages;
    }

    [[nodiscard]] Policy policy(const PolicySettings& call = {}) const {
        const auto layers = load_policy(sources_);
        EXPECT_TRUE(layers) << layers.error().front().message();
        return layers ? layers->policy_for({}, call) : Policy{};
    }

    [[nodiscard]] std::string heap() const { return policy().heap.value_or("-"); }

    test::TemporaryDirectory directory_;
    PolicySources sources_;
};

TEST_F(LoadPolicy, WhereNothingIsNothingIsAskedFor) {
    const Policy nothing = policy();
    EXPECT_TRUE(nothing.require.empty());
    EXPECT_TRUE(nothing.prefer.empty());
    EXPECT_EQ(nothing.heap, std::nullopt);
    EXPECT_EQ(nothing.size, 0U);
    EXPECT_EQ(nothing.fallback, Fallback::same_caching);
    EXPECT_FALSE(nothing.udmabuf);
    sources_.user.clear();
    EXPECT_EQ(heap(), "-");
}

/// Every place that can speak, each over all before it.
const std::vector<std::string> places{"usr/lib/heapsel/policy.d/10-a.toml",
                                      "usr/lib/heapsel/policy.d/20-a.toml",
                                      "etc/heapsel/policy.toml",
                                      "etc/heapsel/policy.d/05-a.toml",
                                      "etc/heapsel/policy.d/06-a.toml",
                                      "home/policy.toml",
                                      "home/policy.d/10-a.toml",
                                      "home/policy.d/20-a.toml"};

TEST_F(LoadPolicy, OfTwoFilesTheLaterOneDecidesAndRequirementsAddUp) {
    for (std::size_t early = 0; early < places.size(); ++early) {
        for (std::size_t late = early + 1; late < places.size(); ++late) {
            const test::TemporaryDirectory directory;
            const auto early_file = directory.path() / places[early];
            const auto late_file = directory.path() / places[late];
            directory.write(places[early], "[default]\nheap = \"early\"\nrequire = [\"ecc\"]\n");
            directory.write(places[late], "[default]\nheap = \"late\"\nrequire = [\"cached\"]\n");
            const auto layers = load_policy(
                {.root = directory.path(), .user = directory.path() / "home", .environment = {}});
            ASSERT_TRUE(layers);
            const Policy policy = layers->policy_for({});
            EXPECT_EQ(policy.heap, "late") << early_file << late_file;
            EXPECT_EQ(policy.origin.heap, late_file.native() + ":2");
            EXPECT_EQ(policy.origin.require,
                      (std::vector{early_file.native() + ":3", late_file.native() + ":3"}));
        }
    }
}

TEST_F(LoadPolicy, TheEnvironmentIsOverEveryFileAndTheCallOverTheEnvironment) {
    for (const std::string& place : places)
        write(place, "[default]\nheap = \"file\"\nsize = 1\n");
    sources_.environment = {{"HEAPSEL_HEAP", "environment"}, {"HEAPSEL_REQUIRE", "ecc"}};
    EXPECT_EQ(heap(), "environment");
    EXPECT_EQ(policy().origin.heap, "HEAPSEL_HEAP");
    PolicySettings call;
    call.require = {{.value = {.trait = Trait::cached}, .from = ""}};
    call.heap = Sourced<std::string>("call", "");
    const Policy called = policy(call);
    EXPECT_EQ(called.heap, "call");
    EXPECT_EQ(called.origin.heap, "");
    EXPECT_EQ(called.size, 1U);
    EXPECT_EQ(called.require,
              (std::vector<Criterion>{{.trait = Trait::ecc}, {.trait = Trait::cached}}));
    EXPECT_EQ(called.origin.require, (std::vector<std::string>{"HEAPSEL_REQUIRE", ""}));
}

TEST_F(LoadPolicy, ALaterDefaultIsOverAnEarlierDevice) {
    write("usr/lib/heapsel/policy.d/a.toml", "device.rkvdec.heap = \"vendor\"\n");
    write("etc/heapsel/policy.toml", "default.heap = \"administrator\"\n");
    PolicyTarget target;
    target.driver = "rkvdec";
    EXPECT_EQ(load_policy(sources_)->policy_for({&target, 1}).heap, "administrator");
}

TEST_F(LoadPolicy, AFileOfTheAdministratorMasksTheVendorsWithItsName) {
    write("usr/lib/heapsel/policy.d/a.toml", "[default]\nrequire = [\"ecc\"]\n");
    EXPECT_EQ(policy().require.size(), 1U);
    write("etc/heapsel/policy.d/a.toml", "");
    EXPECT_TRUE(policy().require.empty());
    std::filesystem::remove(directory_.path() / "etc/heapsel/policy.d/a.toml");
    std::filesystem::create_symlink("/dev/null", directory_.path() / "etc/heapsel/policy.d/a.toml");
    EXPECT_TRUE(policy().require.empty());
    EXPECT_TRUE(load_policy(sources_)->files.empty());
}

TEST_F(LoadPolicy, PolicyTomlMasksNothing) {
    write("usr/lib/heapsel/policy.d/policy.toml", "[default]\nrequire = [\"ecc\"]\n");
    write("etc/heapsel/policy.toml", "");
    EXPECT_EQ(policy().require.size(), 1U);
}

TEST_F(LoadPolicy, AMaskedFileMayBeMalformed) {
    write("usr/lib/heapsel/policy.d/a.toml", "?");
    write("etc/heapsel/policy.d/a.toml", "default.heap = \"x\"\n");
    EXPECT_EQ(heap(), "x");
}

TEST_F(LoadPolicy, AUserMasksNothingOfTheSystems) {
    write("usr/lib/heapsel/policy.d/a.toml", "[default]\nrequire = [\"ecc\"]\n");
    write("etc/heapsel/policy.d/b.toml", "[default]\nrequire = [\"cached\"]\n");
    write("home/policy.d/a.toml", "");
    write("home/policy.d/b.toml", "[default]\nrequire = []\n");
    EXPECT_EQ(policy().require.size(), 2U);
}

TEST_F(LoadPolicy, OnlyTomlFilesThatAreNotHiddenCount) {
    for (const char* const name : {"a.toml~", "b.conf", ".c.toml", "toml", "d.toml.dpkg-new"})
        write(std::string("etc/heapsel/policy.d/") + name, "?");
    EXPECT_EQ(errors(), std::vector<std::string>());
}

TEST_F(LoadPolicy, WhereOneThingStopsProgramsAllThatIsWrongIsGiven) {
    write("usr/lib/heapsel/policy.d/a.toml", "[default]\nsize = 0\nudmabuf = 0\n");
    write("home/policy.toml", "heap = \"x\"\n");
    sources_.environment = {{"HEAPSEL_UDMABUF", "2"}};
    EXPECT_EQ(errors(),
              (std::vector<std::string>{
                  "cannot read the policy (/usr/lib/heapsel/policy.d/a.toml:2:8): Invalid "
                  "argument. 0 is no size: a number above 0, or one with K, M or G in quotes.",
                  "cannot read the policy (/usr/lib/heapsel/policy.d/a.toml:3:11): Invalid "
                  "argument. udmabuf is true or false, and not an integer.",
                  "cannot read the policy (/home/policy.toml:1:1): Invalid argument. heap stands "
                  "outside of a table; it belongs below [default] or [device.\"NAME\"].",
                  "cannot read the policy in the environment (HEAPSEL_UDMABUF): Invalid argument. "
                  "\"2\" is not 0 or 1."}));
}

TEST_F(LoadPolicy, WhatIsWrongInAFileWithoutARequirementIsAWarningAndTheRestCounts) {
    write("etc/heapsel/policy.toml", "[default]\nheep = \"x\"\nsize = 0\nheap = \"a\"\n"
                                     "prefer = [\"ecc\", \"fast\"]\n");
    write("home/policy.toml", "[default]\nprefer = 1\nfallback = \"any\"\n");
    const auto layers = load_policy(sources_);
    ASSERT_TRUE(layers);
    const Policy holds = layers->policy_for({});
    EXPECT_EQ(holds.heap, "a");
    EXPECT_EQ(holds.size, 0U);
    EXPECT_EQ(holds.fallback, Fallback::any);
    EXPECT_EQ(holds.prefer, (std::vector<Criterion>{{.trait = Trait::ecc}}));
    std::vector<std::string> warned;
    for (const Error& warning : layers->warnings)
        warned.push_back(warning.subject.substr(directory_.path().native().size()));
    EXPECT_EQ(warned, (std::vector<std::string>{
                          "/etc/heapsel/policy.toml:2:1", "/etc/heapsel/policy.toml:3:8",
                          "/etc/heapsel/policy.toml:5:18", "/home/policy.toml:2:10"}));
}

TEST_F(LoadPolicy, WhatMayBeARequirementIsNeverPassedOver) {
    for (const char* const text : {
             "[default]\nrequire = [\"cached\"]\nheep = \"x\"\n",
             "[default]\nrequire = [\"fast\"]\n",
             "[default]\nrequire = []\nsize = 0\n",
             "[default]\nreqire = [\"cached\"]\n",
             "[default]\nREQUIRE = [\"cached\"]\n",
             "[default]\nrequires = \"cached\"\n",
             "[default]\nneeds = [\"cached\"]\n",
             "[devise.rkvdec]\nrequire = [\"cached\"]\n",
             "[default.rolle.frame]\nrequire = [\"cached\"]\n",
             "[[default]]\nrequire = [\"cached\"]\n",
             "[default]\n\"req\\u0075ire\" = [\"cached\"]\nsize = 0\n",
             "require = [\"cached\"]\n",
             "[default\nheap = \"x\"\n",
         }) {
        write("home/policy.toml", text);
        EXPECT_FALSE(errors().empty()) << text;
    }
}

TEST_F(LoadPolicy, NothingElseStopsPrograms) {
    for (const char* const text : {
             "[default]\nheep = \"x\"\n",
             "[default]\nzone = 1\n",
             "[default]\nprefre = [\"cached\"]\n",
             "[default]\nheap = [\"x\"]\n",
             "[default.use.reference]\nsize = 0\n",
             "[default.use.metadata]\nfallback = \"some\"\n",
             "[device.rkvdec.use.capture]\nudmabuf = 1\n",
             "[device.\"a camera\".use.output]\nprefer = \"cached\"\n",
             "[devices.rkvdec]\nheap = \"x\"\n",
             "heap = \"x\"\n",
         }) {
        write("home/policy.toml", text);
        EXPECT_EQ(errors(), std::vector<std::string>()) << text;
        EXPECT_EQ(load_policy(sources_)->warnings.size(), 1U) << text;
    }
}

TEST_F(LoadPolicy, WhatCannotBeReadIsAnErrorAndNotNothing) {
    directory_.make_directory("etc/heapsel/policy.toml");
    directory_.make_directory("etc/heapsel/policy.d");
    std::filesystem::create_symlink("nowhere", directory_.path() / "etc/heapsel/policy.d/a.toml");
    write("etc/heapsel/policy.d/b.toml", std::string(max_policy_bytes + 1, '\n'));
    write("home/policy.d", "");
    EXPECT_EQ(errors(), (std::vector<std::string>{
                            "cannot list the policies (/home/policy.d): Not a directory",
                            "cannot read (/etc/heapsel/policy.toml): Invalid argument",
                            "cannot read (/etc/heapsel/policy.d/a.toml): No such file or directory",
                            "cannot read (/etc/heapsel/policy.d/b.toml): File too large"}));
}

/// As another user, whom permissions hold for.
class LoadPolicyWithoutRights : public LoadPolicy {
  protected:
    [[nodiscard]] std::vector<std::string> errors_of_nobody() const {
        constexpr uid_t nobody = 65534;
        EXPECT_EQ(::seteuid(nobody), 0);
        auto messages = errors();
        EXPECT_EQ(::seteuid(0), 0);
        return messages;
    }

    void SetUp() override {
        if (::geteuid() != 0)
            GTEST_SKIP() << "only root can become somebody else";
        open("");
    }

    void open(const std::string& relative) const { set(relative, 0755); }
    void close(const std::string& relative) const { set(relative, 0); }

  private:
    void set(const std::string& relative, unsigned mode) const {
        std::filesystem::permissions(directory_.path() / relative,
                                     static_cast<std::filesystem::perms>(mode));
    }
};

TEST_F(LoadPolicyWithoutRights, AFileOrADirectoryThatIsClosedIsAnError) {
    write("etc/heapsel/policy.toml", "");
    write("home/policy.d/a.toml", "");
    close("etc/heapsel/policy.toml");
    close("home/policy.d");
    EXPECT_EQ(
        errors_of_nobody(),
        (std::vector<std::string>{"cannot list the policies (/home/policy.d): Permission denied",
                                  "cannot read (/etc/heapsel/policy.toml): Permission denied"}));
    close("etc/heapsel");
    EXPECT_EQ(errors_of_nobody(),
              (std::vector<std::string>{
                  "cannot list the policies (/etc/heapsel/policy.d): Permission denied",
                  "cannot list the policies (/home/policy.d): Permission denied",
                  "cannot read (/etc/heapsel/policy.toml): Permission denied"}));
    open("etc/heapsel");
}

TEST_F(LoadPolicyWithoutRights, AHomeThatIsClosedHasNoPolicy) {
    write("home/heapsel/policy.toml", "?");
    sources_.user = directory_.path() / "home/heapsel";
    close("home");
    EXPECT_EQ(errors_of_nobody(), std::vector<std::string>());
    open("home");
    EXPECT_EQ(errors_of_nobody().size(), 1U);
}

} // namespace
} // namespace heapsel
