// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <variant>

#include <heapsel/error.hpp>
#include <heapsel/unique_fd.hpp>

#include "bandwidth/run/child.hpp"
#include "bandwidth/run/measurement.hpp"

namespace heapsel::bandwidth {

/// What goes on while it is counted: a command until it ends, or a time until it is over.
/// Move-only.
class Work {
  public:
    /// The errors of Child::start; of a time, the errno of timerfd_create(2).
    [[nodiscard]] static Result<Work> start(const Setting& setting);

    /// Readable when it has ended; borrowed.
    [[nodiscard]] int fd() const;
    /// Waits for its end. What was wrong with it, a clause; nothing if nothing was.
    [[nodiscard]] std::optional<std::string> end();

  private:
    explicit Work(std::variant<Child, UniqueFd> what) : what_(std::move(what)) {}

    std::variant<Child, UniqueFd> what_; ///< The second is a timer.
};

} // namespace heapsel::bandwidth
