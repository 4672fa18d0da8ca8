// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>

namespace witness {

class JsonLine;

/** One intercepted ioctl: when it ran, what it returned, and the errno it left. */
struct Call {
    int fd;
    uint32_t request;
    void* arg;
    int (*real)(int, unsigned long, ...);
    int errno_before;

    int result = 0;
    int errno_after = 0;
    uint64_t t0 = 0;
    uint64_t t1 = 0;

    /** Runs the real ioctl. Call exactly once; errno as the program left it goes in. */
    void perform();

    bool failed() const { return result < 0; }
    /** The errno of a failed call, else 0. */
    int error() const { return failed() ? errno_after : 0; }

    template <typename T>
    T& as() const {
        return *static_cast<T*>(arg);
    }
};

/** The observers: each runs a call of its kind exactly once and records it.
 *  They return false, without having run it, for a request that is not theirs. */
bool observe_v4l2(Call& call);
bool observe_drm(Call& call);
bool observe_dma_buf(Call& call);

/** The events that a read() of a DRM file returned: completed flips and vblanks. */
void observe_drm_events(int fd, const void* data, uint64_t size);
/** A mapping of a dma-buf, a V4L2 buffer or a DRM buffer into the process. */
void observe_mmap(int fd, uint64_t length, int protection, uint64_t offset);

uint64_t monotonic_ns();
/** Appends pid, tid, t0, t1 and, for a failed call, err. */
void put_times(JsonLine& line, const Call& call);
/** Appends file and dev of @p fd. */
void put_device(JsonLine& line, int fd);
/** Appends inode, null where there is none. */
void put_inode(JsonLine& line, uint64_t inode);
/** Appends a line to the log. */
void emit(JsonLine& line);
/** Failures that only say "later" or "again" are not recorded. */
bool worth_recording(const Call& call);

} // namespace witness
