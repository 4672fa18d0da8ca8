// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <filesystem>

#include <heapsel/error.hpp>
#include <heapsel/unique_fd.hpp>

#include "bandwidth/run/frame_count.hpp"

namespace heapsel::bandwidth {

/// Has the kernel say each frame that a video device gives out, by its event v4l2:v4l2_dqbuf in an
/// instance of tracefs that is this process' own, and is removed at the end. Nothing else that is
/// traced is touched. Move-only.
class FrameTrace {
  public:
    /// Of the device with that minor number.
    ///
    /// ENOENT: the kernel has no such event; EACCES, EPERM: only root may. ENODEV: tracefs is not
    /// mounted. The hint says what to do; else the errno of mkdir(2), open(2), write(2).
    [[nodiscard]] static Result<FrameTrace> open(unsigned minor);
    FrameTrace(FrameTrace&& other) noexcept;
    FrameTrace& operator=(FrameTrace&&) = delete;
    FrameTrace(const FrameTrace&) = delete;
    FrameTrace& operator=(const FrameTrace&) = delete;
    ~FrameTrace();

    /// Readable when a frame came; borrowed.
    [[nodiscard]] int fd() const { return pipe_.get(); }

    /// Forgets what came so far.
    ///
    /// The errors of take().
    [[nodiscard]] Result<void> begin();

    /// Takes what came since the last call. ENOBUFS: some did not fit and are not known. Else the
    /// errno of read(2).
    [[nodiscard]] Result<void> take();

    /// Since begin().
    [[nodiscard]] std::uint64_t frames() const { return count_.frames(); }

  private:
    explicit FrameTrace(std::filesystem::path instance) : instance_(std::move(instance)) {}

    [[nodiscard]] Result<void> set_up(unsigned minor);

    std::filesystem::path instance_; ///< Empty: moved from.
    UniqueFd pipe_;
    FrameCount count_;
};

} // namespace heapsel::bandwidth
