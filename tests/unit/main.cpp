// SPDX-License-Identifier: LGPL-2.1-or-later
#include <gtest/gtest.h>

#include "inspect/device_tree_blob.hpp"

/// Skipped is not passed: a suite with a test that could not run here ends with 77, which Meson
/// counts apart.
int main(int argc, char** argv) {
    testing::InitGoogleTest(&argc, argv);
    heapsel::read_recorded_blobs();
    const int status = RUN_ALL_TESTS();
    const bool skipped = testing::UnitTest::GetInstance()->skipped_test_count() > 0;
    return status == 0 && skipped ? 77 : status;
}
