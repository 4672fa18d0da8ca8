// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

#include <heapsel/error.hpp>
#include <heapsel/unique_fd.hpp>

namespace heapsel::bandwidth {

/// How a program ended: its exit status, or the signal that ended it.
struct ChildEnd {
    int status = 0;
    int signal = 0; ///< 0: it ended by itself.

    [[nodiscard]] bool well() const { return status == 0 && signal == 0; }
    /// "ended with status 3", "was ended by signal 11 (Segmentation fault)".
    [[nodiscard]] std::string describe() const;
};

/// A program that was started, in a process group of its own. When this ends before the program, it
/// and all of its group are asked to end, and after a while made to. Move-only.
class Child {
  public:
    /// Looks for the program as a shell does. Its standard output goes where our standard error
    /// goes, as ours is a report. `input` is its standard input, borrowed; -1: there is nothing to
    /// read. No signal is blocked in it.
    ///
    /// ENOENT, EACCES: there is no such program, or it may not be run. Else the errno of
    /// posix_spawnp(3), pidfd_open(2).
    [[nodiscard]] static Result<Child> start(const std::vector<std::string>& command,
                                             int input = -1);
    Child(Child&& other) noexcept;
    Child& operator=(Child&&) = delete;
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;
    ~Child();

    /// Readable when it has ended; borrowed.
    [[nodiscard]] int fd() const { return fd_.get(); }

    /// Waits for its end, and ends what it left behind in its group.
    [[nodiscard]] ChildEnd wait();

  private:
    Child(pid_t pid, UniqueFd fd) : pid_(pid), fd_(std::move(fd)) {}

    pid_t pid_; ///< 0: it has been waited for.
    UniqueFd fd_;
};

} // namespace heapsel::bandwidth
