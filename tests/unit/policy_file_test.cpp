// SPDX-License-Identifier: LGPL-2.1-or-later
#include <heapsel/policy_file.hpp>

#include <cerrno>
#include <cstdlib>
#include <format>
#include <ranges>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "io/file.hpp"
#include "selecting.hpp"

namespace heapsel {
namespace {

using test::cached;
using test::contiguous;
using test::non_ecc;

PolicyFile parsed(std::string_view text) {
    auto file = parse_policy(text, "p.toml");
    if (!file) {
        ADD_FAILURE() << file.error().front().message();
        return {};
    }
    return *std::move(file);
}

/// "LINE:COLUMN REMEDY" of each error; the rest of them is always the same.
std::vector<std::string> errors_of(std::string_view text) {
    const auto file = parse_policy(text, "p.toml");
    std::vector<std::string> errors;
    for (const Error& error : file ? std::vector<Error>() : file.error()) {
        EXPECT_EQ(error.code, EINVAL);
        EXPECT_EQ(error.operation, "read the policy");
        EXPECT_TRUE(error.subject.starts_with("p.toml:"));
        errors.push_back(error.subject.substr(7) + " " + error.hint);
    }
    return errors;
}

using Remedies = std::vector<std::string>;

TEST(ParsePolicy, ReadsEverySettingWithItsLine) {
    const PolicyFile file = parsed("[default]\n"
                                   "require = [\"contiguous\",\n"
                                   "           \"non-ecc\"]\n"
                                   "prefer = [\"cached\", \"non-ecc\"]\n"
                                   "heap = \"linux,cma\"\n"
                                   "size = \"12M\"\n"
                                   "fallback = \"any\"\n"
                                   "udmabuf = true\n");
    EXPECT_EQ(file.name, "p.toml");
    ASSERT_EQ(file.sections.size(), 1U);
    EXPECT_EQ(file.sections[0].device, "");
    EXPECT_TRUE(file.sections[0].is_of_whole_device());
    const PolicySettings& settings = file.sections[0].settings;
    ASSERT_EQ(settings.require.size(), 2U);
    EXPECT_EQ(settings.require[0], Sourced(contiguous, "p.toml:2"));
    EXPECT_EQ(settings.require[1], Sourced(non_ecc, "p.toml:3"));
    EXPECT_EQ(settings.prefer, Sourced(std::vector{cached, non_ecc}, "p.toml:4"));
    EXPECT_EQ(settings.heap, Sourced<std::string>("linux,cma", "p.toml:5"));
    EXPECT_EQ(settings.size, Sourced(std::uint64_t{12} << 20U, "p.toml:6"));
    EXPECT_EQ(settings.fallback, Sourced(Fallback::any, "p.toml:7"));
    EXPECT_EQ(settings.udmabuf, Sourced(true, "p.toml:8"));
}

TEST(ParsePolicy, WhatIsNotSaidIsAbsent) {
    EXPECT_TRUE(parsed("").sections.empty());
    EXPECT_TRUE(parsed("# nothing\n[default]\n[device.a.use.frame]\n").sections.empty());
    PolicySettings expected;
    expected.size = Sourced(std::uint64_t{4096}, "p.toml:1");
    EXPECT_EQ(parsed("default.size = 4096").sections.at(0).settings, expected);
}

TEST(ParsePolicy, PreferringNothingIsSaidAndRequiringNothingIsNot) {
    const PolicySettings settings =
        parsed("[default]\nprefer = []\nrequire = []\n").sections.at(0).settings;
    EXPECT_EQ(settings.prefer, Sourced(std::vector<Criterion>(), "p.toml:2"));
    EXPECT_TRUE(settings.require.empty());
}

TEST(ParsePolicy, ReadsTheTablesOfDevicesAndUsesInTheOrderOfTheirLines) {
    const PolicyFile file = parsed("[device.rkvdec.use.reference]\n"
                                   "size = 1\n"
                                   "[default.use.capture]\n"
                                   "size = 2\n"
                                   "[device.\"/dev/v4l/by-path/pci-0:1\"]\n"
                                   "use.output.size = 3\n"
                                   "size = 4\n"
                                   "[device.\"Camera 0\".use]\n"
                                   "frame = { size = 5 }\n"
                                   "metadata = { size = 6 }\n");
    std::vector<std::string> sections;
    for (const PolicySection& section : file.sections)
        sections.push_back(std::format(
            "{}|{}|{}|{}", section.device, section.use.empty() ? "-" : section.use,
            section.queue ? to_string(*section.queue) : "-", section.settings.size->value));
    EXPECT_EQ(sections, (std::vector<std::string>{"rkvdec|reference|-|1", "|-|capture|2",
                                                  "/dev/v4l/by-path/pci-0:1|-|output|3",
                                                  "/dev/v4l/by-path/pci-0:1|-|-|4",
                                                  "Camera 0|frame|-|5", "Camera 0|metadata|-|6"}));
}

TEST(ParsePolicy, AnUnknownKeyIsAnErrorWithTheNearestAndAll) {
    EXPECT_EQ(errors_of("[default]\n  requir = [\"ecc\"]\n"),
              Remedies{"2:3 There is no key \"requir\". Did you mean require? There are: require, "
                       "prefer, heap, size, fallback, udmabuf, use."});
    EXPECT_EQ(errors_of("[default.use.frame]\nuse.capture.size = 1\n"),
              Remedies{"2:1 There is no key \"use\". There are: require, prefer, heap, size, "
                       "fallback, udmabuf."});
    EXPECT_EQ(errors_of("[device.x.use.referense]\nsize = 1\n"),
              Remedies{"1:15 There is no use \"referense\". Did you mean reference? There are: "
                       "frame, bitstream, reference, metadata, motion, capture, output."});
    EXPECT_EQ(errors_of("[devices.x]\nsize = 1\n"),
              Remedies{"1:2 There is no table \"devices\". Did you mean device? There are: "
                       "default, device."});
}

TEST(ParsePolicy, AKeyOutsideOfATableIsAnErrorThatSaysWhereItBelongs) {
    EXPECT_EQ(errors_of("heap = \"system\"\n"),
              Remedies{"1:1 heap stands outside of a table; it belongs below [default] or "
                       "[device.\"NAME\"]."});
    EXPECT_EQ(errors_of("[device]\nheap = \"system\"\n"),
              Remedies{"2:8 \"heap\" is a table, as in [device.\"NAME\"], and not a string."});
}

TEST(ParsePolicy, AValueOfAnotherTypeIsAnError) {
    const std::vector<std::pair<std::string, std::string>> wrong{
        {"require = \"ecc\"", "2:11 require is a list of words, as in [\"contiguous\"], and not a "
                              "string."},
        {"prefer = true", "2:10 prefer is a list of words, as in [\"contiguous\"], and not true or "
                          "false."},
        {"prefer = [1]", "2:11 prefer holds words in quotes, and not an integer."},
        {"heap = 1.5", "2:8 heap is a name in quotes, and not a fraction."},
        {"heap = [\"a\"]", "2:8 heap is a name in quotes, and not a list."},
        {"size = 2026-01-01", "2:8 size is a number above 0, or one with K, M or G in quotes, and "
                              "not a date or a time."},
        {"fallback = false", "2:12 fallback is a word in quotes, and not true or false."},
        {"udmabuf = \"yes\"", "2:11 udmabuf is true or false, and not a string."},
        {"udmabuf = { on = 1 }", "2:11 udmabuf is true or false, and not a table."},
        {"use = 1", "2:7 \"use\" is a table, as in [default.use.reference], and not an "
                    "integer."},
        {"use.frame = 1", "2:13 \"frame\" is a table, as in [default.use.reference], and not an "
                          "integer."}};
    for (const auto& [line, hint] : wrong)
        EXPECT_EQ(errors_of("[default]\n" + line + "\n"), Remedies{hint}) << line;
    EXPECT_EQ(errors_of("default = 1\n"),
              Remedies{"1:11 \"default\" is a table, as in [default], and not an integer."});
    EXPECT_EQ(errors_of("device = []\n"),
              Remedies{"1:10 \"device\" is a table, as in [device.\"NAME\"], and not a list."});
}

TEST(ParsePolicy, AValueThatThereIsNotIsAnError) {
    const std::string words = "contiguous, cached, ecc, protected, non-contiguous, uncached, "
                              "non-ecc, non-protected.";
    const std::vector<std::pair<std::string, std::string>> wrong{
        {"require = [\"contigous\"]",
         "2:12 \"contigous\" is no property of memory. Did you mean contiguous? There are: " +
             words},
        {"require = [\"contiguous,ecc\"]",
         "2:12 \"contiguous,ecc\" is no property of memory. Did you mean contiguous? There are: " +
             words},
        {"prefer = [\"\"]", "2:11 \"\" is no property of memory. There are: " + words},
        {"heap = \"\"", "2:8 The name of the heap is empty: give one, or leave the key out."},
        {"heap = \"/dev/dma_heap/system\"",
         "2:8 \"/dev/dma_heap/system\" is a path; a heap goes by its name alone."},
        {"size = 0", "2:8 0 is no size: a number above 0, or one with K, M or G in quotes."},
        {"size = -1", "2:8 -1 is no size: a number above 0, or one with K, M or G in quotes."},
        {"size = \"12MB\"",
         "2:8 \"12MB\" is no size: a number above 0, or one with K, M or G in quotes."},
        {"fallback = \"same\"", "2:12 \"same\" is no fallback. Did you mean same-caching? There "
                                "are: same-caching, any, none."},
        {"heap = \"\\u001b[31m/\"",
         "2:8 \"\\x1b[31m/\" is a path; a heap goes by its name alone."}};
    for (const auto& [line, hint] : wrong)
        EXPECT_EQ(errors_of("[default]\n" + line + "\n"), Remedies{hint}) << line;
}

TEST(ParsePolicy, AWordTwiceOrBothWaysIsAnError) {
    EXPECT_EQ(errors_of("[default]\nrequire = [\"ecc\", \"ecc\"]\n"),
              Remedies{"2:19 ecc stands in the list twice: leave one out."});
    EXPECT_EQ(errors_of("[default]\nprefer = [\"non-cached\", \"uncached\", \"cached\"]\n"),
              (Remedies{"2:25 uncached stands in the list twice: leave one out.",
                        "2:37 The list asks for uncached and for cached: leave one out."}));
}

TEST(ParsePolicy, ANameThatNoDeviceCanHaveIsAnError) {
    EXPECT_EQ(errors_of("[device.\"\"]\nsize = 1\n"),
              Remedies{"1:9 The name of the device is empty: give a driver, a card or a node."});
    EXPECT_EQ(errors_of("[device.\"/sys/class/video4linux/video0\"]\nsize = 1\n"),
              Remedies{"1:9 \"/sys/class/video4linux/video0\" is no node of a device: those stand "
                       "in /dev."});
    EXPECT_EQ(errors_of("[device.\"/dev/video0:capture\"]\nsize = 1\n"),
              Remedies{"1:9 A memory of a device has a table of its own: "
                       "[device.\"/dev/video0\".use.capture]."});
}

TEST(ParsePolicy, AllErrorsAreGivenInTheOrderOfTheirPlaces) {
    EXPECT_EQ(errors_of("size = 1\n"
                        "[default]\n"
                        "udmabuf = 1\n"
                        "fallback = 2\n"
                        "[a]\n"),
              (Remedies{"1:1 size stands outside of a table; it belongs below [default] or "
                        "[device.\"NAME\"].",
                        "3:11 udmabuf is true or false, and not an integer.",
                        "4:12 fallback is a word in quotes, and not an integer.",
                        "5:2 There is no table \"a\". There are: default, device."}));
}

TEST(ParsePolicy, AUseThatNobodyHereKnowsIsTakenUnlessItLooksMisspelt) {
    EXPECT_EQ(parsed("[device.x.use.rows]\nsize = 1\n").sections.at(0).use, "rows");
    EXPECT_EQ(parsed("[device.x.use.picture]\nsize = 1\n").sections.at(0).use, "picture");
    for (const char* const wrong : {"frames", "bitstreem", "outptu", "\"a b\"", "\"a/b\"", "\"\""})
        EXPECT_EQ(errors_of(std::format("[device.x.use.{}]\nsize = 1\n", wrong)).size(), 1U)
            << wrong;
}

TEST(ParsePolicy, WhatIsNoTomlIsAnError) {
    const std::vector<std::pair<std::string, std::string>> wrong{
        {"[default]\nsize = 1\nsize = 2\n",
         "3:8 This is no TOML: Error while parsing key-value pair: cannot redefine existing "
         "integer 'size'."},
        {"[default]\n[default]\n", "2:1 This is no TOML: Error while parsing table header: cannot "
                                   "redefine existing table 'default'."},
        {"[default\n",
         "1:9 This is no TOML: Error while parsing table header: expected ']', saw '\\n'."},
        {"[default]\n[device..use]\n",
         "2:9 This is no TOML: Error while parsing key: expected bare key starting character or "
         "string delimiter, saw '.'."},
        {"[default]\nheap = \"\xff\"\n",
         "2:8 This is no TOML: Encountered invalid utf-8 sequence."},
        {"[default]\nheap = system\n", "2:8 This is no TOML: Error while parsing value: could not "
                                       "determine value type."},
        {"[default]\nrequire = [[[[[[[[[[[]]]]]]]]]]]\n",
         "2:19 This is no TOML: Error while parsing value: exceeded maximum nested value depth of "
         "8 (TOML_MAX_NESTED_VALUES)."},
        {std::string("a\0b", 3), "1:2 This is no TOML: Error while parsing key-value pair: "
                                 "expected '=', saw '\\u0000'."}};
    for (const auto& [text, hint] : wrong)
        EXPECT_EQ(errors_of(text), Remedies{hint}) << text;
}

TEST(ParsePolicy, CharactersBeyondAsciiStandInCommentsAndStringsOfOneLine) {
    const std::string euro = "\xe2\x82\xac";
    const auto refused_at = [](const std::string& place) {
        return Remedies{place + " Characters beyond ASCII stand in comments and in strings of one "
                                "line, and nowhere else."};
    };
    EXPECT_EQ(errors_of("# " + euro + "\n[default] # \"" + euro + "\nheap = \"\\\"" + euro +
                        "\" #'" + euro + "\n"),
              Remedies{});
    EXPECT_EQ(errors_of("\xef\xbb\xbf[default]\nheap = '" + euro + "\\'\n"), Remedies{});
    EXPECT_EQ(errors_of("[default]\nh" + euro + "p = 1\n"), refused_at("2:2"));
    EXPECT_EQ(errors_of("[default]\nheap = \"" + euro + "\" " + euro + "\n"), refused_at("2:12"));
    EXPECT_EQ(errors_of("[default]\nheap = \"\"\"\n" + euro + "\"\"\"\n"), refused_at("3:1"));
    EXPECT_EQ(errors_of("heap = '''a'''''" + euro + "\n"), refused_at("1:17"));
    EXPECT_EQ(errors_of("heap = \"a\n" + euro), refused_at("2:1"));
    EXPECT_EQ(errors_of("size = 1\"" + euro + "\""), refused_at("1:10"));
    EXPECT_EQ(errors_of("size = 6x.\"" + euro + "\""), refused_at("1:12"));
}

TEST(ParsePolicy, WhatTomlSaysOfAKeyIsPrintable) {
    const auto errors = errors_of("\"\xe2\x82\xac\" = 1\n\"\xe2\x82\xac\" = 1\n");
    ASSERT_EQ(errors.size(), 1U);
    EXPECT_TRUE(errors[0].contains("cannot redefine existing integer"));
    EXPECT_TRUE(errors[0].contains("\\xe2\\x82\\xac"));
    EXPECT_FALSE(errors[0].contains('\xe2'));
}

TEST(ParsePolicy, ALongNameIsCutInTheMessage) {
    const auto errors = errors_of("[default]\n" + std::string(1000, 'x') + " = 1\n");
    ASSERT_EQ(errors.size(), 1U);
    EXPECT_TRUE(errors[0].starts_with("2:1 There is no key \"" + std::string(80, 'x') + "...\"."));
}

TEST(ParsePolicy, MoreDotsThanAnyKeyHasAreAnErrorBeforeTheyNest) {
    const auto line = [](std::size_t dots) {
        std::string text = "# \xc3\xa4\n[default]\nheap = \"";
        text.append(dots, '.');
        return text + "\"\n";
    };
    EXPECT_EQ(errors_of(line(32)), Remedies{});
    EXPECT_EQ(errors_of(line(33)), Remedies{"3:41 The line has more than 32 dots."});
    EXPECT_EQ(errors_of("# \xc3\xa4" + std::string(33, '.')),
              Remedies{"1:36 The line has more than 32 dots."});
}

TEST(ParsePolicy, AFileThatIsTooLargeIsEfbig) {
    EXPECT_TRUE(parse_policy(std::string(max_policy_bytes, '\n'), "p.toml"));
    const auto file = parse_policy(std::string(max_policy_bytes + 1, '\n'), "p.toml");
    ASSERT_FALSE(file);
    ASSERT_EQ(file.error().size(), 1U);
    EXPECT_EQ(file.error()[0].code, EFBIG);
    EXPECT_EQ(file.error()[0].message(),
              "cannot read the policy (p.toml): File too large. It is larger than 64 KiB.");
}

/// The example, with the # taken away that stands before what it shows.
std::string example_as_it_would_be_used(const std::string& example) {
    std::string text;
    for (const auto line : std::views::split(example, '\n')) {
        const std::string_view all(line);
        const bool shows = all.size() > 1 && all[0] == '#' && all[1] != ' ';
        text += std::string(all.substr(shows ? 1 : 0)) + '\n';
    }
    return text;
}

TEST(ExamplePolicy, AsksForNothingAsItIsAndShowsEverySetting) {
    const auto example = read_file(std::getenv("HEAPSEL_EXAMPLE_POLICY"), max_policy_bytes);
    ASSERT_TRUE(example);
    EXPECT_TRUE(parsed(*example).sections.empty());
    const PolicyFile used = parsed(example_as_it_would_be_used(*example));
    ASSERT_EQ(used.sections.size(), 6U);
    const PolicySettings& all = used.sections[0].settings;
    EXPECT_FALSE(all.require.empty());
    EXPECT_TRUE(all.prefer && all.heap && all.size && all.fallback && all.udmabuf);
    EXPECT_EQ(used.sections[5].device,
              "/dev/v4l/by-path/platform-fdc70000.video-codec-video-index0");
    EXPECT_EQ(used.sections[5].queue, Queue::output);
}

} // namespace
} // namespace heapsel
