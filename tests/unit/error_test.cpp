// SPDX-License-Identifier: LGPL-2.1-or-later
#include <heapsel/error.hpp>

#include <algorithm>
#include <array>
#include <cerrno>
#include <clocale>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <string>
#include <system_error>

#include <gtest/gtest.h>
#include <libintl.h>

#include <heapsel/printable.hpp>

#include "base/errno_text.hpp"
#include "temporary_directory.hpp"

namespace heapsel {
namespace {

/// A catalog of gettext that translates `from` alone.
std::string catalog(const std::string& from, const std::string& to) {
    constexpr std::uint32_t head = 7 * 4;
    constexpr std::uint32_t texts = head + 4 * 8;
    const std::string charset = "Content-Type: text/plain; charset=UTF-8\n";
    // Magic, revision, number of texts, where the tables of originals and translations are, no hash
    // table.
    std::string bytes;
    const auto put = [&](std::uint32_t number) {
        std::array<char, 4> raw{};
        std::memcpy(raw.data(), &number, raw.size());
        bytes.append(raw.data(), raw.size());
    };
    for (const std::uint32_t number : {0x950412deU, 0U, 2U, head, head + 16U, 0U, 0U})
        put(number);
    std::string all;
    for (const std::string& text : {std::string(), from, charset, to}) {
        put(static_cast<std::uint32_t>(text.size()));
        put(texts + static_cast<std::uint32_t>(all.size()));
        all += text + '\0';
    }
    return bytes + all;
}

/// The C library speaks another language, for one errno. The locale is that of C, copied, since
/// for C itself nothing is translated.
class Localised : public testing::Test {
  protected:
    void SetUp() override {
        namespace fs = std::filesystem;
        const fs::path english = "/usr/lib/locale/C.utf8";
        if (!fs::exists(english))
            GTEST_SKIP() << "there is no " << english;
        fs::copy(english, directory_.path() / "xx", fs::copy_options::recursive);
        directory_.write("xx/LC_MESSAGES/libc.mo",
                         catalog("No such file or directory", "Datei \xc3\xa9"));
        ::setenv("LOCPATH", directory_.path().c_str(), 1); // NOLINT(concurrency-mt-unsafe)
        ASSERT_NE(std::setlocale(LC_ALL, "xx"), nullptr);  // NOLINT(concurrency-mt-unsafe)
        ::bindtextdomain("libc", directory_.path().c_str());
    }
    void TearDown() override {
        std::setlocale(LC_ALL, "C"); // NOLINT(concurrency-mt-unsafe)
        ::unsetenv("LOCPATH");       // NOLINT(concurrency-mt-unsafe)
    }

    test::TemporaryDirectory directory_;
};

TEST_F(Localised, ProgramsGetPrintableMessages) {
    ASSERT_EQ(std::generic_category().message(ENOENT), "Datei \xc3\xa9") << "not translated";
    const Error error{.code = ENOENT, .operation = "open", .subject = {}, .hint = {}};
    EXPECT_EQ(error.message(), "cannot open: No such file or directory");
}

TEST(ErrnoText, IsThatOfTheCLibraryInEnglish) {
    EXPECT_EQ(errno_text(ENOMEM), "Cannot allocate memory");
    EXPECT_EQ(errno_text(4095), "Unknown error 4095");
}

TEST(ErrorMessage, HasAllFourPartsInOneLine) {
    const Error error{.code = ENOMEM,
                      .operation = "allocate 4096 bytes",
                      .subject = "system",
                      .hint = "Free some."};
    EXPECT_EQ(error.message(),
              "cannot allocate 4096 bytes (system): Cannot allocate memory. Free some.");
}

TEST(ErrorMessage, LeavesOutWhatIsEmpty) {
    const Error error{.code = EACCES, .operation = "open", .subject = {}, .hint = {}};
    EXPECT_EQ(error.message(), "cannot open: Permission denied");
}

TEST(ErrorMessage, EscapesTheSubject) {
    const Error error{.code = ENOENT, .operation = "find", .subject = "a\n\x1b[31mb", .hint = {}};
    EXPECT_EQ(error.message(), "cannot find (a\\x0a\\x1b[31mb): No such file or directory");
}

TEST(Printable, LeavesPrintableAsciiAlone) {
    EXPECT_EQ(printable("linux,cma video@50000000"), "linux,cma video@50000000");
}

TEST(Printable, EscapesControlBytesHighBytesAndTheBackslash) {
    EXPECT_EQ(printable(std::string_view("\0\x7f\xc3\xa9\\", 5)), "\\x00\\x7f\\xc3\\xa9\\x5c");
}

} // namespace
} // namespace heapsel
