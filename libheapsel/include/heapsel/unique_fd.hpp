// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <utility>

#include <heapsel/export.hpp>

namespace heapsel {

/// Owns one file descriptor and closes it. Move-only.
class HEAPSEL_EXPORT UniqueFd {
  public:
    UniqueFd() = default;
    /// Owns `fd` from now on; -1 is none.
    explicit UniqueFd(int fd) : fd_(fd) {}
    /// Leaves `other` without one.
    UniqueFd(UniqueFd&& other) noexcept : fd_(other.release()) {}
    /// Closes what is owned, and leaves `other` without one.
    UniqueFd& operator=(UniqueFd&& other) noexcept {
        reset(other.release());
        return *this;
    }
    UniqueFd(const UniqueFd&) = delete;
    UniqueFd& operator=(const UniqueFd&) = delete;
    ~UniqueFd() { reset(); }

    /// The descriptor, still owned here; -1 if there is none.
    [[nodiscard]] int get() const { return fd_; }
    /// There is one.
    [[nodiscard]] explicit operator bool() const { return fd_ >= 0; }

    /// Hands the descriptor to the caller, who closes it.
    [[nodiscard]] int release() { return std::exchange(fd_, -1); }

    /// Closes what is owned, and owns `fd` from now on. errno is left as it was.
    void reset(int fd = -1);

  private:
    int fd_ = -1;
};

} // namespace heapsel
