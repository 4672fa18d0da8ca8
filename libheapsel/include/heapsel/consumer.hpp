// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <string>
#include <vector>

#include <heapsel/export.hpp>
#include <heapsel/trait.hpp>

namespace heapsel {

/// What one device on a buffer's way can take. A value.
///
/// Stock kernels do not say it, so this is written by whoever knows: the user or the program.
class HEAPSEL_EXPORT Consumer {
  public:
    /// A device called `name` (for messages) that needs every one of `criteria`.
    [[nodiscard]] static Consumer requirement(std::string name, std::vector<Criterion> criteria);

    [[nodiscard]] const std::string& name() const { return name_; }
    [[nodiscard]] const std::vector<Criterion>& criteria() const { return criteria_; }

  private:
    Consumer(std::string name, std::vector<Criterion> criteria);

    std::string name_;
    std::vector<Criterion> criteria_;
};

} // namespace heapsel
