// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <chrono>

#include <csignal>

#include <heapsel/error.hpp>
#include <heapsel/unique_fd.hpp>

namespace heapsel::bandwidth {

/// Keeps SIGINT, SIGTERM and SIGHUP from ending the process, so that it can put back first what it
/// changed; a descriptor becomes readable when one comes. What is ignored stays so. They count
/// again when this ends; one that came until then was taken. For a process with one thread.
class HeldSignals {
  public:
    /// The errno of signalfd(2).
    [[nodiscard]] static Result<HeldSignals> hold();
    HeldSignals(HeldSignals&& other) noexcept = default;
    HeldSignals& operator=(HeldSignals&&) = delete;
    HeldSignals(const HeldSignals&) = delete;
    HeldSignals& operator=(const HeldSignals&) = delete;
    ~HeldSignals();

    /// For poll(2); borrowed.
    [[nodiscard]] int fd() const { return fd_.get(); }

    /// EINTR: one came before the time was over, or earlier.
    [[nodiscard]] Result<void> pass(std::chrono::duration<double> time) const;

  private:
    HeldSignals() = default;

    UniqueFd fd_;
    sigset_t before_{};
};

/// The error for who was ended by a signal.
[[nodiscard]] Error interrupted();

} // namespace heapsel::bandwidth
