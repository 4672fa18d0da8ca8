// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cerrno>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <heapsel/unique_fd.hpp>

#include "heap.hpp"

/// Fault injection: whatever a thread does is done again and again, each time with the next
/// allocation failing that the kernel makes for itself.
namespace board {

/// The kernel's switch: the nth point from here on at which this thread could fail, fails.
class FailNth {
  public:
    FailNth(); ///< Ends the program, with status 77, where the kernel has no fault injection.

    void arm(unsigned n) const { set(n); }
    /// Switches it off; true if the failure has happened.
    [[nodiscard]] bool disarm() const;

  private:
    void set(unsigned n) const;

    heapsel::UniqueFd file_;
};

/// How far something came, and what stopped it.
struct End {
    const char* step = "all of it";
    int error = 0; ///< an errno value, or 0
};

/// What all points of failure led to.
struct Account {
    unsigned points = 0;
    std::map<std::string, unsigned> ends;
    std::vector<std::string> faults;

    [[nodiscard]] bool clean() const { return faults.empty() && points > 0; }
    void print(std::string_view title) const;
};

/// Calls `prepare`, `live` with the nth point failing, and `forget`, for n = 1, 2, ... until
/// nothing fails any more. A fault is an error that is none of `clean`, a buffer of one of `heaps`
/// or a descriptor that is left, and an error where nothing was made to fail.
[[nodiscard]] Account
fail_everywhere(const FailNth& fail_nth, const std::vector<const Heap*>& heaps,
                const std::set<int>& clean, const std::function<void()>& prepare,
                const std::function<End()>& live, const std::function<void()>& forget);

/// What a call fails with for lack of memory, or of a copy to or from userspace.
inline const std::set<int> no_memory{ENOMEM, EFAULT};

} // namespace board
