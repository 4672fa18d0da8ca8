// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "player.hpp"

namespace example {

/// All that there is to tell at the end.
struct Report {
    std::string camera;
    std::string display;
    std::string format; ///< "RGB888"
    unsigned width = 0;
    unsigned height = 0;
    std::vector<std::string> consumers; ///< Who fills the frames, and who shows them.
    std::string heap;
    std::string reason;
    std::size_t buffers = 0;
    std::size_t bytes = 0; ///< Of all buffers.
    Played played;
};

std::string as_text(const Report& report);
std::string as_json(const Report& report);

} // namespace example
