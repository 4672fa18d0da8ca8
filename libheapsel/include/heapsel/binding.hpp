// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <heapsel/error.hpp>
#include <heapsel/export.hpp>

namespace heapsel {

/// Which heaps a device takes the memory of one use from: its file heaps/USE in sysfs. A value.
struct Binding {
    std::vector<std::string> heaps; ///< Bound, in order of preference; names are raw.
    /// Where none of them serves, the driver's own allocator does; if not, the allocation fails.
    /// Always so where `heaps` is empty.
    bool or_driver = true;
    std::vector<std::string> usable; ///< Not bound, and the device can use them.
    bool is_cut = false;             ///< There are more of these than the file has room for.
    friend bool operator==(const Binding&, const Binding&) = default;
};

/// The uses that a device can be bound by, `device` being its directory in sysfs: those that most
/// drivers have first. None where the kernel or the driver knows of none.
[[nodiscard]] HEAPSEL_EXPORT std::vector<std::string>
bindable_uses(const std::filesystem::path& device);

/// The file of `use`.
[[nodiscard]] HEAPSEL_EXPORT std::filesystem::path binding_file(const std::filesystem::path& device,
                                                                std::string_view use);

/// Reads the file of `use`.
///
/// ENOENT: the device does not have that use, or the kernel or the driver knows of none; the hint
/// says which. EINVAL: `use` is no name of one, or the file does not hold a binding. Else the errno
/// of open(2), read(2).
[[nodiscard]] HEAPSEL_EXPORT Result<Binding> read_binding(const std::filesystem::path& device,
                                                          std::string_view use);

/// Replaces the binding of `use`, and that of the device tree with it; the next allocation follows
/// it. No heaps leave the use to the driver's own allocator, whatever `or_driver` is. Gives the
/// binding as the kernel has it then. Nothing changes on an error but EIO.
///
/// EINVAL: a name twice, empty, with a blank in it or `driver`; a heap that the device cannot use;
/// more heaps than the kernel takes. ENOENT: there is no such heap; or as of `read_binding`.
/// EACCES, EPERM, EROFS: only root may, and only where sysfs is writable. ENAMETOOLONG: a name that
/// no heap has. EIO: the kernel took it, and has another binding. Else the errno of open(2),
/// write(2). The hint lists the heaps that the device can use.
[[nodiscard]] HEAPSEL_EXPORT Result<Binding> bind_heaps(const std::filesystem::path& device,
                                                        std::string_view use,
                                                        std::span<const std::string> heaps,
                                                        bool or_driver);

} // namespace heapsel
