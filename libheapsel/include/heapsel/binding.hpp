// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include <heapsel/error.hpp>
#include <heapsel/export.hpp>
#include <heapsel/role.hpp>

namespace heapsel {

/// Which heaps a device takes the memory of one role from: its file heaps/ROLE in sysfs. A value.
struct Binding {
    std::vector<std::string> heaps; ///< Bound, in order of preference; names are raw.
    /// Where none of them serves, the driver's own allocator does; if not, the allocation fails.
    /// Always so where `heaps` is empty.
    bool or_driver = true;
    std::vector<std::string> usable; ///< Not bound, and the device can use them.
    friend bool operator==(const Binding&, const Binding&) = default;
};

/// The file of `role`, `device` being the device's directory in sysfs.
[[nodiscard]] HEAPSEL_EXPORT std::filesystem::path binding_file(const std::filesystem::path& device,
                                                                Role role);

/// Reads the file of `role`.
///
/// ENOENT: the device does not have that role, or the kernel or the driver knows of none; the
/// hint says which. EINVAL: the file does not hold a binding. Else the errno of open(2), read(2).
[[nodiscard]] HEAPSEL_EXPORT Result<Binding> read_binding(const std::filesystem::path& device,
                                                          Role role);

/// Replaces the binding of `role`, and that of the device tree with it; the next allocation follows
/// it. No heaps leave the role to the driver's own allocator, whatever `or_driver` is. Gives the
/// binding as the kernel has it then. Nothing changes on an error but EIO.
///
/// EINVAL: a name twice, empty, with a blank in it or `driver`; a heap that the device cannot use;
/// more heaps than the kernel takes. ENOENT: there is no such heap; or as of `read_binding`.
/// EACCES, EPERM, EROFS: only root may, and only where sysfs is writable. ENAMETOOLONG: a name that
/// no heap has. EIO: the kernel took it, and has another binding. Else the errno of open(2),
/// write(2). The hint lists the heaps that the device can use.
[[nodiscard]] HEAPSEL_EXPORT Result<Binding> bind_heaps(const std::filesystem::path& device,
                                                        Role role,
                                                        std::span<const std::string> heaps,
                                                        bool or_driver);

} // namespace heapsel
