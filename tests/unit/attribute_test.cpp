// SPDX-License-Identifier: LGPL-2.1-or-later
#include "io/attribute.hpp"

#include <cerrno>
#include <limits>

#include <gtest/gtest.h>

#include "temporary_directory.hpp"

namespace heapsel {
namespace {

/// A number as it stands in a file, read back.
class Attribute : public testing::Test {
  protected:
    [[nodiscard]] Result<std::uint64_t> number(std::string_view content) const {
        directory_.write("a", content);
        return read_number(directory_.path() / "a");
    }

    test::TemporaryDirectory directory_;
};

struct Malformed {
    std::string content;
    int code;
    const char* why;
};

TEST_F(Attribute, IsItsLineWithOrWithoutTheNewline) {
    directory_.write("a", "dmem\n");
    EXPECT_EQ(read_attribute(directory_.path() / "a").value(), "dmem");
    directory_.write("a", "two words");
    EXPECT_EQ(read_attribute(directory_.path() / "a").value(), "two words");
}

TEST_F(Attribute, KeepsOddBytes) {
    directory_.write("a", "\x1b\xff\n");
    EXPECT_EQ(read_attribute(directory_.path() / "a").value(), "\x1b\xff");
}

TEST_F(Attribute, OfTwoLinesIsEinval) {
    directory_.write("a", "one\ntwo\n");
    const auto read = read_attribute(directory_.path() / "a");
    EXPECT_EQ(read.error().code, EINVAL);
    EXPECT_EQ(read.error().hint, "It has more than one line.");
}

TEST_F(Attribute, OneByteMoreThanTheLimitIsEfbig) {
    directory_.write("a", std::string(max_attribute, '1'));
    EXPECT_TRUE(read_attribute(directory_.path() / "a"));
    directory_.write("a", std::string(max_attribute + 1, '1'));
    EXPECT_EQ(read_attribute(directory_.path() / "a").error().code, EFBIG);
}

TEST_F(Attribute, ThatIsALinkIsNotFollowed) {
    directory_.write("b", "12\n");
    std::filesystem::create_symlink("b", directory_.path() / "a");
    const auto read = read_attribute(directory_.path() / "a");
    EXPECT_EQ(read.error().code, EINVAL);
    EXPECT_EQ(read.error().hint, "It is a link.");
}

TEST_F(Attribute, ThatIsADanglingLinkIsALink) {
    std::filesystem::create_symlink("none", directory_.path() / "a");
    EXPECT_EQ(read_attribute(directory_.path() / "a").error().hint, "It is a link.");
}

TEST_F(Attribute, ThatIsADirectoryIsEinval) {
    directory_.make_directory("a");
    const auto read = read_attribute(directory_.path() / "a");
    EXPECT_EQ(read.error().code, EINVAL);
    EXPECT_EQ(read.error().hint, "");
}

TEST_F(Attribute, ThatIsAbsentIsEnoent) {
    EXPECT_EQ(read_number(directory_.path() / "a").error().code, ENOENT);
}

TEST_F(Attribute, IsReadUpToTheLargestNumber) {
    EXPECT_EQ(number("0\n").value(), 0U);
    EXPECT_EQ(number("67108864\n").value(), 67108864U);
    EXPECT_EQ(number("18446744073709551615").value(), std::numeric_limits<std::uint64_t>::max());
}

TEST_F(Attribute, ThatIsNoNumberSaysWhatStandsThere) {
    using namespace std::string_literals;
    const std::vector<Malformed> cases{
        {.content = "", .code = EINVAL, .why = "It is empty."},
        {.content = "\n", .code = EINVAL, .why = "It is empty."},
        {.content = "12\n\n", .code = EINVAL, .why = "It has more than one line."},
        {.content = "many\n", .code = EINVAL, .why = "\"many\" is no unsigned decimal number."},
        {.content = "-1\n", .code = EINVAL, .why = "\"-1\" is no unsigned decimal number."},
        {.content = "+1\n", .code = EINVAL, .why = "\"+1\" is no unsigned decimal number."},
        {.content = " 1\n", .code = EINVAL, .why = "\" 1\" is no unsigned decimal number."},
        {.content = "1 \n", .code = EINVAL, .why = "\"1 \" is no unsigned decimal number."},
        {.content = "0x10\n", .code = EINVAL, .why = "\"0x10\" is no unsigned decimal number."},
        {.content = "12kB\n", .code = EINVAL, .why = "\"12kB\" is no unsigned decimal number."},
        {.content = "1\0\n"s, .code = EINVAL, .why = R"("1\x00" is no unsigned decimal number.)"},
        {.content = "18446744073709551616\n",
         .code = ERANGE,
         .why = "\"18446744073709551616\" does not fit 64 bits."},
        {.content = std::string(40, 'x') + "\n",
         .code = EINVAL,
         .why = "\"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\"... is no unsigned decimal number."}};
    for (const Malformed& wrong : cases) {
        const auto read = number(wrong.content);
        ASSERT_FALSE(read) << wrong.why;
        EXPECT_EQ(read.error().code, wrong.code) << wrong.why;
        EXPECT_EQ(read.error().hint, wrong.why);
        EXPECT_EQ(read.error().subject, directory_.path() / "a");
    }
}

} // namespace
} // namespace heapsel
