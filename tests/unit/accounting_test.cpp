// SPDX-License-Identifier: LGPL-2.1-or-later
#include <heapsel/accounting.hpp>

#include <gtest/gtest.h>

#include "heap_builder.hpp"
#include "temporary_directory.hpp"

namespace heapsel {
namespace {

class AccountingTest : public testing::Test {
  protected:
    void write(const char* file, std::string_view content) const {
        directory_.write(file, content);
    }
    [[nodiscard]] Accounting read() const {
        Heap heap = test::heap("a");
        heap.sysfs = {directory_.path()};
        return read_accounting(heap);
    }
    [[nodiscard]] std::string path_of(const char* file) const {
        return (directory_.path() / file).native();
    }

    test::TemporaryDirectory directory_;
};

Accounting unknown_accounting(std::string why) {
    return {.controller = std::nullopt, .region = std::nullopt, .unknown_because = std::move(why)};
}

TEST_F(AccountingTest, IsNoneOrMemcgAndThenHasNoRegion) {
    write("cgroup_region", "region\n");
    for (const Controller controller : {Controller::none, Controller::memcg}) {
        write("accounting", std::string(to_string(controller)) + "\n");
        EXPECT_EQ(
            read(),
            (Accounting{.controller = controller, .region = std::nullopt, .unknown_because = {}}));
    }
}

TEST_F(AccountingTest, IsDmemWithItsRegion) {
    write("accounting", "dmem\n");
    write("cgroup_region", "nonecc@58000000\n");
    EXPECT_EQ(read(), (Accounting{.controller = Controller::dmem,
                                  .region = "nonecc@58000000",
                                  .unknown_because = {}}));
}

TEST_F(AccountingTest, IsDmemAndSaysWhyItsRegionIsUnknown) {
    write("accounting", "dmem\n");
    EXPECT_EQ(read().controller, Controller::dmem);
    EXPECT_EQ(read().region, std::nullopt);
    EXPECT_EQ(read().unknown_because,
              "cannot read (" + path_of("cgroup_region") + "): No such file or directory");
    write("cgroup_region", "\n");
    EXPECT_EQ(read().unknown_because,
              "cannot read (" + path_of("cgroup_region") + "): Invalid argument. It is empty.");
}

TEST_F(AccountingTest, IsUnknownOnAStockKernel) {
    EXPECT_EQ(read(), unknown_accounting("cannot read (" + path_of("accounting") +
                                         "): No such file or directory"));
}

TEST_F(AccountingTest, IsUnknownWithoutADirectory) {
    EXPECT_EQ(read_accounting(test::heap("a")),
              unknown_accounting("the heap has no directory in sysfs"));
}

TEST_F(AccountingTest, OfAWordThatIsNoneOfThemIsUnknownAndQuotesIt) {
    const std::string has = path_of("accounting") + " has ";
    const std::string which = ", which is none of none, memcg, dmem";
    write("accounting", "cpu\x1b\n");
    EXPECT_EQ(read(), unknown_accounting(has + "\"cpu\\x1b\"" + which));
    write("accounting", "dmem \n");
    EXPECT_EQ(read(), unknown_accounting(has + "\"dmem \"" + which));
    write("accounting", "Dmem\n");
    EXPECT_EQ(read(), unknown_accounting(has + "\"Dmem\"" + which));
}

TEST_F(AccountingTest, OfAMalformedFileIsUnknown) {
    const std::string cannot = "cannot read (" + path_of("accounting") + "): ";
    write("accounting", "");
    EXPECT_EQ(read(), unknown_accounting(cannot + "Invalid argument. It is empty."));
    write("accounting", "none\nmemcg\n");
    EXPECT_EQ(read(), unknown_accounting(cannot + "Invalid argument. It has more than one line."));
    write("accounting", std::string(std::size_t{1} << 20U, 'x'));
    EXPECT_EQ(read(), unknown_accounting(cannot + "File too large"));
}

} // namespace
} // namespace heapsel
