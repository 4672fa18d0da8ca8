// SPDX-License-Identifier: LGPL-2.1-or-later
#include "io/toml_files.hpp"

#include <cerrno>
#include <filesystem>

#include <gtest/gtest.h>

#include "temporary_folder.hpp"

namespace heapsel {
namespace {

TEST(TomlFiles, AreSortedAndOthersDoNotCount) {
    const test::TemporaryFolder folder;
    for (const char* const name : {"d/b.toml", "d/a.toml", "d/.c.toml", "d/e.toml~", "d/f"})
        folder.write(name);
    const auto files = toml_files(folder.path() / "d");
    ASSERT_TRUE(files);
    ASSERT_EQ(files->size(), 2U);
    EXPECT_EQ(files->front(), folder.path() / "d/a.toml");
    EXPECT_EQ(files->back(), folder.path() / "d/b.toml");
}

TEST(TomlFiles, AreNoneWithoutAFolderAndAnErrorOfAFile) {
    const test::TemporaryFolder folder;
    folder.write("file");
    EXPECT_TRUE(toml_files(folder.path() / "none").value().empty());
    const auto files = toml_files(folder.path() / "file");
    ASSERT_FALSE(files);
    EXPECT_EQ(files.error().code, ENOTDIR);
}

TEST(TomlFiles, ALinkToNothingMasks) {
    const test::TemporaryFolder folder;
    std::filesystem::create_symlink("/dev/null", folder.path() / "mask");
    folder.write("file");
    EXPECT_TRUE(is_masked(folder.path() / "mask"));
    EXPECT_FALSE(is_masked(folder.path() / "file"));
}

} // namespace
} // namespace heapsel
