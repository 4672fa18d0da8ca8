// SPDX-License-Identifier: LGPL-2.1-or-later
#ifndef HEAPSEL_C_DEVICE_H
#define HEAPSEL_C_DEVICE_H

#include <heapsel/c/binding.h>
#include <heapsel/c/common.h>
#include <heapsel/c/consumer.h>
#include <heapsel/c/error.h>

HEAPSEL_BEGIN_DECLARATIONS

/// The V4L2 devices and the displays of a machine, as they were when they were looked at. Nothing
/// changes it.
struct heapsel_devices;

/// One of them. Belongs to the list.
struct heapsel_device;

/// The subsystem of the kernel that a device belongs to.
enum heapsel_subsystem HEAPSEL_INT {
    HEAPSEL_SUBSYSTEM_V4L2 = 0, ///< A V4L2 device with a node /dev/videoN.
    HEAPSEL_SUBSYSTEM_DRM = 1   ///< A DRM device with a node /dev/dri/cardN that shows pictures.
};

/// What one of the memories of a device is for.
enum heapsel_memory_kind HEAPSEL_INT {
    HEAPSEL_MEMORY_CAPTURE = 0,   ///< Frames of the capture queue.
    HEAPSEL_MEMORY_OUTPUT = 1,    ///< Frames of the output queue.
    HEAPSEL_MEMORY_FRAME = 2,     ///< Frames of a device that could not be asked for its queues.
    HEAPSEL_MEMORY_REFERENCE = 3, ///< Pictures that only the device sees again.
    HEAPSEL_MEMORY_METADATA = 4,  ///< All else that stays in the driver.
    HEAPSEL_MEMORY_PLANE = 5,     ///< What a plane of a display shows.
    HEAPSEL_MEMORY_DUMB = 6       ///< What a display's driver allocates itself.
};

/// Lists those of the machine whose files stand under `root`: NULL or "/" for this one, another
/// folder for a recorded one. Each node of a live machine is opened and closed again. A device that
/// cannot be asked is in the list, with why.
HEAPSEL_API int heapsel_devices_list(const char* root, struct heapsel_devices** devices,
                                     struct heapsel_error** error);
/// Frees the list, and with it what was asked of it.
HEAPSEL_API void heapsel_devices_free(struct heapsel_devices* devices);

/// How many devices there are.
HEAPSEL_API size_t heapsel_devices_count(const struct heapsel_devices* devices);
/// One of them: first the V4L2 devices, then the displays, each by number.
HEAPSEL_API const struct heapsel_device*
heapsel_devices_device(const struct heapsel_devices* devices, size_t index);

/// Which it belongs to. Of NULL, V4L2.
HEAPSEL_API enum heapsel_subsystem heapsel_device_subsystem(const struct heapsel_device* device);
/// The kernel's name: "video0", "card0".
HEAPSEL_API const char* heapsel_device_name(const struct heapsel_device* device);
/// "/dev/video0", under the scanned root.
HEAPSEL_API const char* heapsel_device_node(const struct heapsel_device* device);
/// Its folder in sysfs, under the scanned root: what heapsel_binding_read() takes.
HEAPSEL_API const char* heapsel_device_folder(const struct heapsel_device* device);
/// What the driver calls this node of a V4L2 device; raw, and empty of a display.
HEAPSEL_API const char* heapsel_device_title(const struct heapsel_device* device);
/// Raw; empty where it is not known.
HEAPSEL_API const char* heapsel_device_driver(const struct heapsel_device* device);
/// What the driver calls the hardware of a V4L2 device, raw; empty where it is not known.
HEAPSEL_API const char* heapsel_device_card(const struct heapsel_device* device);
/// Why the driver could not be asked; empty where it could.
HEAPSEL_API const char* heapsel_device_unasked_because(const struct heapsel_device* device);

/// How many memories it has: first its frames, or what its planes show, then the others.
HEAPSEL_API size_t heapsel_device_memory_count(const struct heapsel_device* device);
/// What one of them is for. Of NULL or an index out of range, frames.
HEAPSEL_API enum heapsel_memory_kind heapsel_device_memory_kind(const struct heapsel_device* device,
                                                                size_t memory);
/// The number of a plane; else 0.
HEAPSEL_API uint32_t heapsel_device_memory_plane(const struct heapsel_device* device,
                                                 size_t memory);
/// How many formats it is known to take: all of a plane, the one that a newly opened file of a
/// video queue has, or 0.
HEAPSEL_API size_t heapsel_device_memory_format_count(const struct heapsel_device* device,
                                                      size_t memory);
/// One of them (DRM_FORMAT_*), in the driver's order.
HEAPSEL_API uint32_t heapsel_device_memory_format(const struct heapsel_device* device,
                                                  size_t memory, size_t index);
/// The heaps that it can come from, for the first of the formats, where there are any; NULL for
/// what a display's driver allocates itself, of which the binding says all that is known.
HEAPSEL_API const struct heapsel_usable_heaps*
heapsel_device_memory_usable_heaps(const struct heapsel_device* device, size_t memory);
/// What it is bound to; NULL where that is not known, and for planes.
HEAPSEL_API const struct heapsel_binding*
heapsel_device_memory_binding(const struct heapsel_device* device, size_t memory);
/// Why that is not known; empty where it is, and for planes.
HEAPSEL_API const char*
heapsel_device_memory_binding_unknown_because(const struct heapsel_device* device, size_t memory);

/// "capture", "output", "frame", "reference", "metadata", "plane", "dumb".
HEAPSEL_API const char* heapsel_memory_kind_text(enum heapsel_memory_kind kind);

HEAPSEL_END_DECLARATIONS

#endif
