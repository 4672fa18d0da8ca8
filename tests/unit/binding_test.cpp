// SPDX-License-Identifier: LGPL-2.1-or-later
#include <heapsel/binding.hpp>

#include <cerrno>

#include <gtest/gtest.h>

#include "fake_write.hpp"
#include "temporary_directory.hpp"

namespace heapsel {
namespace {

using Names = std::vector<std::string>;

class BindingTest : public testing::Test {
  protected:
    BindingTest() { set("[driver] default_cma_region nonecc@58000000 system"); }

    void set(const std::string& line) const { device_.write("heaps/frame", line + "\n"); }
    [[nodiscard]] std::filesystem::path file() const {
        return binding_file(device_.path(), "frame");
    }
    [[nodiscard]] Result<Binding> bind(const Names& heaps, bool or_driver = false) const {
        return bind_heaps(device_.path(), "frame", heaps, or_driver);
    }
    /// The error of a kernel that answers `code`.
    [[nodiscard]] Error refused(int code, const Names& heaps) const {
        const test::FakeAttribute kernel(file(), [&](std::string_view) { return code; });
        return bind(heaps).error();
    }

    test::TemporaryDirectory device_;
};

TEST_F(BindingTest, IsReadFromTheFileOfItsUse) {
    set("[system] driver nonecc@58000000");
    const auto binding = read_binding(device_.path(), "frame");
    ASSERT_TRUE(binding);
    EXPECT_EQ(*binding,
              (Binding{.heaps = {"system"}, .or_driver = false, .usable = {"nonecc@58000000"}}));
}

TEST_F(BindingTest, OfAUseThatTheDeviceDoesNotHaveIsEnoentAndNamesThoseItHas) {
    device_.write("heaps/metadata", "[driver]\n");
    const auto binding = read_binding(device_.path(), "reference");
    ASSERT_FALSE(binding);
    EXPECT_EQ(binding.error().code, ENOENT);
    EXPECT_EQ(binding.error().hint, "The device does not have that use; it has: frame, metadata.");
    EXPECT_EQ(bind_heaps(device_.path(), "reference", {}, false).error().code, ENOENT);
}

TEST_F(BindingTest, OfAWordThatIsNoUseIsEinvalAndOpensNothing) {
    device_.write("elsewhere", "[driver]\n");
    for (const char* const word : {"", "../elsewhere", "/elsewhere", ".", "a b", "-a"}) {
        EXPECT_EQ(read_binding(device_.path(), word).error().code, EINVAL) << word;
        EXPECT_EQ(bind_heaps(device_.path(), word, {}, false).error().code, EINVAL) << word;
    }
}

TEST_F(BindingTest, UsesAreThoseThatHaveAFileTheCommonOnesFirst) {
    for (const char* const use : {"rows", "metadata", "bitstream", "a.file~"})
        device_.write(std::string("heaps/") + use, "[driver]\n");
    device_.make_directory("heaps/directory");
    EXPECT_EQ(bindable_uses(device_.path()), (Names{"frame", "bitstream", "metadata", "rows"}));
    EXPECT_TRUE(bindable_uses(device_.path() / "heaps").empty());
}

TEST_F(BindingTest, OfADeviceWithoutTheDirectoryIsEnoentAndSaysWhatIsMissing) {
    const test::TemporaryDirectory stock;
    const auto binding = read_binding(stock.path(), "frame");
    ASSERT_FALSE(binding);
    EXPECT_EQ(binding.error().code, ENOENT);
    EXPECT_TRUE(binding.error().hint.starts_with("The device has no directory heaps: the kernel"));
}

TEST_F(BindingTest, ThatIsNoneIsEinvalAndShowsIt) {
    set("system [\x1b]");
    const auto binding = read_binding(device_.path(), "frame");
    ASSERT_FALSE(binding);
    EXPECT_EQ(binding.error().code, EINVAL);
    EXPECT_TRUE(binding.error().hint.starts_with("\"system [\\x1b]\" is no list of heaps"));
}

TEST_F(BindingTest, IsWrittenInOneWriteAndReadBack) {
    Names written;
    const test::FakeAttribute kernel(file(), [&](std::string_view text) {
        written.emplace_back(text);
        set("[system] [nonecc@58000000] [driver] default_cma_region");
        return 0;
    });
    const auto binding = bind({"system", "nonecc@58000000"}, true);
    ASSERT_TRUE(binding) << binding.error().message();
    EXPECT_EQ(written, Names{"system nonecc@58000000 driver"});
    EXPECT_EQ(binding->usable, Names{"default_cma_region"});
}

TEST_F(BindingTest, ToNothingIsTheDriversOwnAllocator) {
    set("[system] driver");
    const test::FakeAttribute kernel(file(), [&](std::string_view text) {
        EXPECT_EQ(text, "driver");
        set("[driver] system");
        return 0;
    });
    const auto binding = bind({});
    ASSERT_TRUE(binding) << binding.error().message();
    EXPECT_TRUE(binding->or_driver);
}

TEST_F(BindingTest, ThatTheKernelHasOtherwiseIsEio) {
    const test::FakeAttribute kernel(file(), [&](std::string_view) {
        set("[nonecc@58000000] driver");
        return 0;
    });
    const auto binding = bind({"system"});
    ASSERT_FALSE(binding);
    EXPECT_EQ(binding.error().code, EIO);
    EXPECT_TRUE(binding.error().hint.contains("has now \"nonecc@58000000\""));
    EXPECT_EQ(bind({"nonecc@58000000"}, true).error().code, EIO);
}

TEST_F(BindingTest, WithoutPermissionSaysWhoMay) {
    for (const int code : {EACCES, EPERM}) {
        const Error error = refused(code, {"system"});
        EXPECT_EQ(error.code, code);
        EXPECT_EQ(error.operation, "write \"system\"");
        EXPECT_EQ(error.subject, file().native());
        EXPECT_EQ(error.hint, "Only root may: run it as root.");
    }
    EXPECT_EQ(refused(EROFS, {"system"}).hint,
              "The sysfs of this container or chroot is read-only.");
}

TEST_F(BindingTest, ToAHeapThatIsNotThereNamesTheNearest) {
    const Error error = refused(ENOENT, {"system", "nonecc@58000001"});
    EXPECT_EQ(error.code, ENOENT);
    EXPECT_EQ(error.hint, "There is no such heap, or its module is not loaded. Did you mean "
                          "nonecc@58000000? It can use: default_cma_region, nonecc@58000000, "
                          "system.");
}

TEST_F(BindingTest, ToAHeapThatTheDeviceCannotUseNamesItAndThoseItCan) {
    const Error error = refused(EINVAL, {"system", "video@50000000"});
    EXPECT_EQ(error.code, EINVAL);
    EXPECT_EQ(error.hint, "The device cannot use video@50000000. It can use: "
                          "default_cma_region, nonecc@58000000, system.");
}

TEST_F(BindingTest, ToMoreHeapsThanTheKernelTakesSaysSo) {
    EXPECT_TRUE(refused(EINVAL, {"system", "nonecc@58000000"})
                    .hint.starts_with("The kernel does not take so many heaps at once."));
}

TEST_F(BindingTest, ToANameThatIsTooLongSaysSo) {
    const Error error = refused(ENAMETOOLONG, {std::string(100, 'n')});
    EXPECT_EQ(error.code, ENAMETOOLONG);
    EXPECT_TRUE(error.hint.starts_with("No heap has so long a name."));
}

TEST_F(BindingTest, AListThatIsNoneIsRefusedBeforeTheKernelSeesIt) {
    bool asked = false;
    const test::FakeAttribute kernel(file(), [&](std::string_view) {
        asked = true;
        return 0;
    });
    for (const Names& bad : std::vector<Names>{
             {"system", "system"}, {""}, {"system nonecc@58000000"}, {"a\n"}, {"driver"}}) {
        const auto binding = bind(bad);
        ASSERT_FALSE(binding);
        EXPECT_EQ(binding.error().code, EINVAL);
        EXPECT_FALSE(binding.error().hint.contains('\n'));
    }
    EXPECT_FALSE(asked);
}

TEST_F(BindingTest, LeavesNoDescriptorOpen) {
    const auto before = test::open_fd_count();
    EXPECT_EQ(refused(EINVAL, {"system"}).code, EINVAL);
    EXPECT_EQ(test::open_fd_count(), before);
}

} // namespace
} // namespace heapsel
