// SPDX-License-Identifier: LGPL-2.1-or-later
#include "io/toml_files.hpp"

#include <cerrno>
#include <filesystem>

#include <gtest/gtest.h>

#include "temporary_directory.hpp"

namespace heapsel {
namespace {

TEST(TomlFiles, AreSortedAndOthersDoNotCount) {
    const test::TemporaryDirectory directory;
    for (const char* const name : {"d/b.toml", "d/a.toml", "d/.c.toml", "d/e.toml~", "d/f"})
        directory.write(name);
    const auto files = toml_files(directory.path() / "d");
    ASSERT_TRUE(files);
    ASSERT_EQ(files->size(), 2U);
    EXPECT_EQ(files->front(), directory.path() / "d/a.toml");
    EXPECT_EQ(files->back(), directory.path() / "d/b.toml");
}

TEST(TomlFiles, AreNoneWithoutADirectoryAndAnErrorOfAFile) {
    const test::TemporaryDirectory directory;
    directory.write("file");
    EXPECT_TRUE(toml_files(directory.path() / "none").value().empty());
    const auto files = toml_files(directory.path() / "file");
    ASSERT_FALSE(files);
    EXPECT_EQ(files.error().code, ENOTDIR);
}

TEST(TomlFiles, ALinkToNothingMasks) {
    const test::TemporaryDirectory directory;
    std::filesystem::create_symlink("/dev/null", directory.path() / "mask");
    directory.write("file");
    EXPECT_TRUE(is_masked(directory.path() / "mask"));
    EXPECT_FALSE(is_masked(directory.path() / "file"));
}

} // namespace
} // namespace heapsel
