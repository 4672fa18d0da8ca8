// SPDX-License-Identifier: LGPL-2.1-or-later
#ifndef HEAPSEL_C_BINDING_H
#define HEAPSEL_C_BINDING_H

#include <heapsel/c/common.h>
#include <heapsel/c/error.h>

HEAPSEL_BEGIN_DECLARATIONS

/// Which heaps a device takes the memory of one role from. Nothing changes it.
struct heapsel_binding;

/// What a device needs memory for.
enum heapsel_role HEAPSEL_INT {
    HEAPSEL_ROLE_FRAME = 0,     ///< What userspace hands to the device, and takes from it.
    HEAPSEL_ROLE_REFERENCE = 1, ///< Pictures that only the device sees again.
    HEAPSEL_ROLE_METADATA = 2   ///< All else that stays in the driver.
};

/// Reads the binding of `role`, `folder` being the device's folder in sysfs.
///
/// ENOENT: the device does not have that role, or the kernel or the driver knows of none. EINVAL:
/// the file does not hold a binding. Else the errno of open(2), read(2).
HEAPSEL_API int heapsel_binding_read(const char* folder, enum heapsel_role role,
                                     struct heapsel_binding** binding,
                                     struct heapsel_error** error);
/// Binds `role` to the `count` heaps of `heaps`, in order of preference; where `or_driver`, and
/// none of them serves, the driver's own allocator does. No heaps leave the role to the driver.
/// `binding` may be NULL; otherwise it is given what the kernel has then. Nothing changes on an
/// error but EIO and ENOMEM.
///
/// EINVAL: a name is NULL, twice there, empty, has a blank in it or is `driver`; a heap that the
/// device cannot use; more heaps than the kernel takes. ENOENT: there is no such heap; or as of
/// heapsel_binding_read(). EACCES, EPERM, EROFS: only root may, and only where sysfs is writable.
/// ENAMETOOLONG: a name that no heap has. EIO: the kernel took it, and has another binding. Else
/// the errno of open(2), write(2). The remedy lists the heaps that the device can use.
HEAPSEL_API int heapsel_binding_write(const char* folder, enum heapsel_role role,
                                      const char* const* heaps, size_t count, bool or_driver,
                                      struct heapsel_binding** binding,
                                      struct heapsel_error** error);
/// Frees what heapsel_binding_read() or heapsel_binding_write() gave.
HEAPSEL_API void heapsel_binding_free(struct heapsel_binding* binding);

/// How many heaps are bound.
HEAPSEL_API size_t heapsel_binding_heap_count(const struct heapsel_binding* binding);
/// The name of one of them, raw, in order of preference.
HEAPSEL_API const char* heapsel_binding_heap(const struct heapsel_binding* binding, size_t index);
/// Where none of them serves, the driver's own allocator does; if not, the allocation fails.
HEAPSEL_API bool heapsel_binding_or_driver(const struct heapsel_binding* binding);
/// How many more heaps the device can use.
HEAPSEL_API size_t heapsel_binding_usable_count(const struct heapsel_binding* binding);
/// The name of one of them; raw.
HEAPSEL_API const char* heapsel_binding_usable(const struct heapsel_binding* binding, size_t index);

/// "frame", "reference", "metadata".
HEAPSEL_API const char* heapsel_role_text(enum heapsel_role role);

HEAPSEL_END_DECLARATIONS

#endif
