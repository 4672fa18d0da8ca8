// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <heapsel/error.hpp>
#include <heapsel/export.hpp>
#include <heapsel/heap_trial.hpp>
#include <heapsel/pixel_format.hpp>
#include <heapsel/queue.hpp>
#include <heapsel/requirement.hpp>
#include <heapsel/usable_heaps.hpp>

namespace heapsel {

/// What one device on a buffer's way can take: properties that a heap must have, or heaps by name.
/// A value that never changes; copies share what they hold.
class HEAPSEL_EXPORT Consumer {
  public:
    /// A device called `name` (for messages) of which whoever knows it has written down what it
    /// needs. Its criteria, its reach and the alignment of its addresses are hard requirements.
    [[nodiscard]] static Consumer requirement(std::string name, Requirement requirement);

    /// A device called `name` whose driver says which heaps it can use. Where that is not known,
    /// the device excludes no heap, and the reason of each says that it is not known. The texts of
    /// `usable` may have any bytes, and are made printable.
    [[nodiscard]] static Consumer listing(std::string name, UsableHeaps usable);

    /// Asks the driver of an open V4L2 device for the heaps that `queue` can use with the format
    /// that is set on `fd`; so set it first. `fd` is borrowed, and may be open for reading only. A
    /// kernel or a driver without VIDIOC_ENUM_HEAPS leaves them unknown, which is no error. A queue
    /// that cannot import dma-bufs can use none.
    ///
    /// ENOTTY: `fd` is no V4L2 device. EINVAL: the device has no such queue. EOVERFLOW: the
    /// driver's list does not end. Any other errno of VIDIOC_QUERYCAP and VIDIOC_ENUM_HEAPS.
    [[nodiscard]] static Result<Consumer> v4l2(int fd, Queue queue);

    /// Asks the driver of an open DRM device for the heaps that its plane `plane` can show `format`
    /// (DRM_FORMAT_*) from; those that its own buffers come from are active. `fd` is borrowed, is
    /// of a primary node (cardN), and need not be the display's master. What is not known is no
    /// error, and leaves the heaps unknown: a kernel without DRM_IOCTL_MODE_ENUM_HEAPS, a driver
    /// that takes nothing from heaps.
    ///
    /// ENOTTY: `fd` is no DRM device. EACCES: it is of a render node. EOPNOTSUPP: the device does
    /// no modesetting. ENOENT: it has no such plane. EINVAL: the plane does not take `format` with
    /// `modifier` (DRM_FORMAT_MOD_*); the hint lists what it takes. EOVERFLOW: the driver's list
    /// does not end. Any other errno of the ioctls.
    [[nodiscard]] static Result<Consumer> drm(int fd, std::uint32_t plane, std::uint32_t format,
                                              std::uint64_t modifier = no_modifier);

    /// This one with what trials have shown. They count for heaps of which the driver says nothing:
    /// one that was refused is unsuitable; one that was accepted stays unknown, and the reason says
    /// how far it came.
    [[nodiscard]] Consumer with_trials(std::vector<HeapTrial> trials) const;

    /// Raw.
    [[nodiscard]] const std::string& name() const;
    /// What is written down of it; nothing, of one whose driver was asked.
    [[nodiscard]] const Requirement& requirement() const;
    /// Absent where the device is described by `requirement` alone.
    [[nodiscard]] const std::optional<UsableHeaps>& usable() const;
    /// What was tried, if anything was.
    [[nodiscard]] const std::vector<HeapTrial>& trials() const;

    // To move one is to copy it: there is no empty consumer that was moved from.
    Consumer(const Consumer&) = default;
    Consumer& operator=(const Consumer&) = default;
    ~Consumer() = default;

  private:
    struct State;
    friend struct ConsumerLists;
    explicit Consumer(State state);

    std::shared_ptr<const State> state_;
};

/// What suits all of `consumers`, for the layout of frames: the least common multiple of each
/// number. Pure.
///
/// EINVAL: one of the numbers is 0. EOVERFLOW: a multiple does not fit. The subject names the
/// numbers.
[[nodiscard]] HEAPSEL_EXPORT Result<Alignment>
joined_alignment(std::span<const Consumer> consumers);

} // namespace heapsel
