// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <sys/types.h>

/** What the witness remembers between calls, in tables of fixed size.
 *
 * Everything here is thread-safe and allocates nothing. A full table is recorded in the log as an
 * event "limit", so an analysis never mistakes it for an absence.
 */
namespace witness {

/** What a buffer is made of. A dumb buffer that nobody exported has no inode; its serial number,
 *  given by the witness, tells it from others. Both 0: not known. */
struct Memory {
    uint64_t inode = 0;
    uint32_t dumb = 0;
};

inline constexpr size_t max_planes = 8; // VIDEO_MAX_PLANES; DRM has 4

struct Planes {
    uint32_t count = 0;
    std::array<Memory, max_planes> memory;
};

/** The number of the open file behind @p fd, the same for its duplicates; never reused.
 *  Needed because GEM handles and V4L2 queues belong to the open file, and GStreamer duplicates
 *  both kinds of fd. */
uint32_t file_of(int fd);
/** Called before @p fd is closed. */
void forget_fd(int fd);
/** Whether @p fd is a DRM device that file_of() has seen. Lock-free. */
bool is_known_drm_fd(int fd);

/** The inode number of the dma-buf @p fd, or 0 if it is none. */
uint64_t dma_buf_inode(int fd);
dev_t device_number(int fd);
inline constexpr unsigned drm_major = 226;

/** V4L2 buffers, by open file, queue type and index. */
void set_v4l2_inode(uint32_t file, uint32_t type, uint32_t index, uint32_t plane, uint64_t inode);
uint64_t v4l2_inode(uint32_t file, uint32_t type, uint32_t index, uint32_t plane);
void forget_v4l2_queue(uint32_t file, uint32_t type);

/** GEM handles, by open file. */
void add_dumb(uint32_t file, uint32_t handle);
/** An imported or exported handle: gives it its inode, also in framebuffers made before. */
void set_handle_inode(uint32_t file, uint32_t handle, uint64_t inode);
Memory handle_memory(uint32_t file, uint32_t handle);
/** Taken out before the handle is closed, so that its number, given anew by another thread's
 *  call, is not lost; put back if closing failed. */
Memory take_handle(uint32_t file, uint32_t handle);
void put_back_handle(uint32_t file, uint32_t handle, Memory memory);

/** Framebuffers, by device. */
void add_framebuffer(dev_t device, uint32_t fb, uint32_t file,
                     const std::array<uint32_t, 4>& handles, uint32_t count);
std::optional<Planes> framebuffer(dev_t device, uint32_t fb);
std::optional<Planes> take_framebuffer(dev_t device, uint32_t fb);

/** Remembered meaning of a KMS property. */
enum class Property : uint8_t { unknown, fb_id, crtc_id, other };
Property property(dev_t device, uint32_t id);
void set_property(dev_t device, uint32_t id, Property meaning);

/** Registers fork handlers; call once, early. */
void init_state();

} // namespace witness
