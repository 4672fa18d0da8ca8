// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "gstheapselcopiesverdict.h"

namespace gstheapsel::copies {

/// All frames with which one element did the same.
struct Row {
    Verdict verdict = Verdict::passed;
    Where from; ///< Without a name where there is none.
    Where to;
    std::uint64_t frames = 0;
    std::uint64_t bytes = 0; ///< Of all frames.
};

/// One element and all that it did.
struct Account {
    std::string element;
    std::vector<Row> rows;
};

/// What became of the frames of `pipeline`, for a person: one line if no frame was moved or copied,
/// else a line and a table of who did. With `verbose`, the table comes always and has all rows. All
/// of it is printable, and ends with a newline.
[[nodiscard]] std::string summary(const std::string& pipeline, const std::vector<Account>& accounts,
                                  bool verbose);

} // namespace gstheapsel::copies
