// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <string>
#include <vector>

namespace heapsel::tools {

/// Why "unknown" stands in a table: each reason once, with the devices that it holds for.
class Reasons {
  public:
    /// `text` may be empty, and is no reason then. `device` is raw.
    void note(const std::string& text, const std::string& device);

    /// "video0, video1: why".
    [[nodiscard]] std::vector<std::string> lines() const;

  private:
    struct Reason {
        std::string text;
        std::vector<std::string> devices;
    };
    std::vector<Reason> reasons_;
};

} // namespace heapsel::tools
