// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <string>

#include <gtest/gtest.h>

#include "c_handle.hpp"
#include "recorded_board.hpp"

namespace heapsel::test {

/// A recorded machine, and its catalog, as C sees them.
class CBoard : public testing::Test {
  protected:
    [[nodiscard]] const char* root() const { return board_.root().c_str(); }
    [[nodiscard]] const heapsel_heap* heap(const char* name) const {
        const heapsel_heap* found = nullptr;
        EXPECT_EQ(calling(heapsel_catalog_find, catalog_.get(), name, &found), "0");
        return found;
    }
    [[nodiscard]] OwnedConsumer named(const char* word) const {
        heapsel_consumer* made = nullptr;
        EXPECT_EQ(calling(heapsel_consumers_named, &word, 1U, root(), nullptr, &made), "0");
        return OwnedConsumer(made);
    }
    /// What naming `word`, which nobody is called, comes to.
    [[nodiscard]] std::string refusal(const char* word) const {
        heapsel_consumer* made = nullptr;
        return calling(heapsel_consumers_named, &word, 1U, root(), nullptr, &made);
    }

    RecordedBoard board_{"lab-board-carve-outs"};
    OwnedCatalog catalog_ = made_by<OwnedCatalog>(heapsel_catalog_scan, root());
};

} // namespace heapsel::test
