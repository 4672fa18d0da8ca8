// SPDX-License-Identifier: LGPL-2.1-or-later
#ifndef HEAPSEL_C_BOARD_PLAN_H
#define HEAPSEL_C_BOARD_PLAN_H

#include <heapsel/c/catalog.h>
#include <heapsel/c/common.h>
#include <heapsel/c/error.h>

HEAPSEL_BEGIN_DECLARATIONS

/// What a kernel would make of a device tree: for a board that is not there. Nothing changes it.
struct heapsel_board_plan;

/// A child of /reserved-memory. Belongs to a plan.
struct heapsel_planned_region;

/// Kernels that make different heaps of the same device tree.
enum heapsel_kernel_generation HEAPSEL_INT {
    /// Linux 7.3 with this project's series: as the stock one, and a heap over each carve-out, and
    /// over each coherent pool that asks for one.
    HEAPSEL_KERNEL_SERIES = 0,
    /// Linux 7.3: a heap over each CMA area, under the area's name, and a second one over the
    /// default area, `default_cma_region`.
    HEAPSEL_KERNEL_STOCK = 1,
    /// Before Linux 6.17: one CMA heap, over the default area, under the area's name.
    HEAPSEL_KERNEL_BEFORE_6_17 = 2
};

/// What the kernel makes of a region of /reserved-memory.
enum heapsel_region_use HEAPSEL_INT {
    HEAPSEL_REGION_DEFAULT_CMA = 0,     ///< The CMA area of all devices without one of their own.
    HEAPSEL_REGION_CMA = 1,             ///< Another CMA area.
    HEAPSEL_REGION_COHERENT_POOL = 2,   ///< What its devices allocate from, and nobody else.
    HEAPSEL_REGION_COHERENT_HEAP = 3,   ///< The same, with a heap over it.
    HEAPSEL_REGION_RESTRICTED_POOL = 4, ///< Bounce buffers of its devices; never a heap.
    HEAPSEL_REGION_CARVE_OUT = 5,       ///< A heap's alone.
    HEAPSEL_REGION_DRIVER = 6,          ///< A driver of the kernel takes it by its compatible.
    HEAPSEL_REGION_DEVICE = 7,          ///< Set aside, for the devices that point at it.
    HEAPSEL_REGION_FIRMWARE = 8,        ///< Set aside, and no enabled device points at it.
    HEAPSEL_REGION_REFUSED = 9,         ///< Malformed, or not to be had as it is asked for.
    HEAPSEL_REGION_DISABLED = 10        ///< Not looked at: its status says so.
};

/// Plans from a flattened device tree (a .dtb, /sys/firmware/fdt) of `size` bytes at `blob`, by the
/// rules of the kernel for arm64, where the drivers of all heaps are configured. `command_line` is
/// the kernel's, of which `cma=` counts; NULL: the `bootargs` of the device tree. `page_size` is in
/// bytes, 4096, 16384 or 65536: CMA areas consist of blocks that depend on it. What a boot loader
/// changes is not known: often it fills in the memory, and the command line. Where neither a node
/// nor `cma=` makes a default CMA area, the kernel's configuration is taken to. `blob` is not
/// needed any more afterwards.
///
/// EINVAL: the tree is malformed, and the remedy says how; or the page size is none of the three.
/// E2BIG, EFBIG: the tree is larger than any board's.
HEAPSEL_API int heapsel_board_plan_create(const void* blob, size_t size,
                                          enum heapsel_kernel_generation kernel,
                                          const char* command_line, uint64_t page_size,
                                          struct heapsel_board_plan** plan,
                                          struct heapsel_error** error);
/// The same of the file `path`.
///
/// EFBIG: more than 4 MiB. Any errno of open(2) and read(2). Else as of
/// heapsel_board_plan_create().
HEAPSEL_API int heapsel_board_plan_read(const char* path, enum heapsel_kernel_generation kernel,
                                        const char* command_line, uint64_t page_size,
                                        struct heapsel_board_plan** plan,
                                        struct heapsel_error** error);
/// Frees the plan, and with it what was asked of it.
HEAPSEL_API void heapsel_board_plan_free(struct heapsel_board_plan* plan);

/// The heaps that the kernel would register, which belong to the plan: it is not to be freed by
/// itself. They have no device behind them, and their permission is unknown. Its warnings have what
/// of the tree is malformed, and regions that overlap.
HEAPSEL_API const struct heapsel_catalog*
heapsel_board_plan_catalog(const struct heapsel_board_plan* plan);
/// How many regions there are.
HEAPSEL_API size_t heapsel_board_plan_region_count(const struct heapsel_board_plan* plan);
/// One of them, in the tree's order, disabled ones last.
HEAPSEL_API const struct heapsel_planned_region*
heapsel_board_plan_region(const struct heapsel_board_plan* plan, size_t index);

/// The region's path in the device tree; raw.
HEAPSEL_API const char* heapsel_planned_region_path(const struct heapsel_planned_region* region);
/// What the kernel makes of it. Of NULL, refused.
HEAPSEL_API enum heapsel_region_use
heapsel_planned_region_use(const struct heapsel_planned_region* region);
/// Why that use, for a person.
HEAPSEL_API const char* heapsel_planned_region_reason(const struct heapsel_planned_region* region);
/// Whether the tree places it, and not the kernel at boot; if so, and where the pointers are not
/// NULL, `*base` is its first address, and `*size` its length in bytes.
HEAPSEL_API bool heapsel_planned_region_range(const struct heapsel_planned_region* region,
                                              uint64_t* base, uint64_t* size);
/// Whether it is known how large it is, also where it is placed at boot; if so, and where `size` is
/// not NULL, `*size` is that in bytes.
HEAPSEL_API bool heapsel_planned_region_size(const struct heapsel_planned_region* region,
                                             uint64_t* size);
/// Whether the kernel has no mapping of it.
HEAPSEL_API bool heapsel_planned_region_no_map(const struct heapsel_planned_region* region);
/// The name of the heap over it, raw; NULL where there is none.
HEAPSEL_API const char* heapsel_planned_region_heap(const struct heapsel_planned_region* region);
/// How many enabled devices point at it with their `memory-region`.
HEAPSEL_API size_t heapsel_planned_region_user_count(const struct heapsel_planned_region* region);
/// The path of one of them in the device tree; raw.
HEAPSEL_API const char* heapsel_planned_region_user(const struct heapsel_planned_region* region,
                                                    size_t index);

/// "series", "stock", "before-6.17".
HEAPSEL_API const char* heapsel_kernel_generation_text(enum heapsel_kernel_generation kernel);
/// "default-cma", "cma", "coherent-pool", "coherent-heap", "restricted-pool", "carve-out",
/// "driver", "device", "firmware", "refused", "disabled".
HEAPSEL_API const char* heapsel_region_use_text(enum heapsel_region_use use);

HEAPSEL_END_DECLARATIONS

#endif
