// SPDX-License-Identifier: LGPL-2.1-or-later
#include <heapsel/error.hpp>

#include <cerrno>

#include <gtest/gtest.h>

#include <heapsel/printable.hpp>

namespace heapsel {
namespace {

TEST(ErrorMessage, HasAllFourPartsInOneLine) {
    const Error error{.code = ENOMEM,
                      .attempted = "allocate 4096 bytes",
                      .subject = "system",
                      .remedy = "Free some."};
    EXPECT_EQ(error.message(),
              "cannot allocate 4096 bytes (system): Cannot allocate memory. Free some.");
}

TEST(ErrorMessage, LeavesOutWhatIsEmpty) {
    const Error error{.code = EACCES, .attempted = "open", .subject = {}, .remedy = {}};
    EXPECT_EQ(error.message(), "cannot open: Permission denied");
}

TEST(ErrorMessage, EscapesTheSubject) {
    const Error error{.code = ENOENT, .attempted = "find", .subject = "a\n\x1b[31mb", .remedy = {}};
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
