// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstddef>
#include <optional>
#include <utility>

namespace example {

/// Whose turn it is: which buffer waits for the display, which one is on its way there, and which
/// one it shows. What a function returns goes back to the camera. A value.
class Turns {
  public:
    using Buffer = std::optional<std::size_t>;

    /// The camera has filled `buffer`. One that still waits is late: of two, the older is dropped.
    [[nodiscard]] Buffer captured(std::size_t buffer) { return std::exchange(waiting_, buffer); }

    /// The next one to hand to the display; none while it has not done the last one.
    [[nodiscard]] Buffer next() {
        if (!going_)
            going_ = std::exchange(waiting_, std::nullopt);
        else
            return std::nullopt;
        return going_;
    }

    /// The display shows what it was handed. Only now it reads no more from the one before.
    [[nodiscard]] Buffer flipped() {
        return std::exchange(shown_, std::exchange(going_, std::nullopt));
    }

    /// None waits, and none is on its way.
    [[nodiscard]] bool at_rest() const { return !waiting_ && !going_; }
    /// The one that is on its way to the display.
    [[nodiscard]] Buffer going() const { return going_; }

  private:
    Buffer waiting_;
    Buffer going_;
    Buffer shown_;
};

} // namespace example
