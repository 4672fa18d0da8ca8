// SPDX-License-Identifier: LGPL-2.1-or-later
//
// gst-heapsel-check [PART]: all tests, or those with this part in their names.

#include <filesystem>
#include <string_view>

#include <gst/gst.h>

#include "suites.h"

namespace {

void append(std::vector<check::Test>& all, std::vector<check::Test> more) {
    for (auto& test : more)
        all.push_back(std::move(test));
}

std::vector<check::Test> skipped(std::vector<check::Test> tests, const std::string& why) {
    for (auto& test : tests)
        test.body = [why] { throw check::Skipped(why); };
    return tests;
}

} // namespace

int main(int argc, char** argv) {
    gst_init(&argc, &argv);
    const bool heaps = std::filesystem::exists("/dev/dma_heap/system");
    const std::string why = "there is no /dev/dma_heap/system";
    std::vector<check::Test> tests = layout_tests();
    append(tests, copies_tests());
    append(tests, heaps ? allocation_tests() : skipped(allocation_tests(), why));
    append(tests, heaps ? pool_tests() : skipped(pool_tests(), why));
    append(tests, heaps ? everywhere_tests() : skipped(everywhere_tests(), why));
    append(tests, heaps ? pipeline_tests() : skipped(pipeline_tests(), why));
    const std::string_view part = argc > 1 ? argv[1] : "";
    std::erase_if(tests, [&](const check::Test& test) { return !test.name.contains(part); });
    const int status = check::run(tests);
    gst_deinit();
    return status;
}
