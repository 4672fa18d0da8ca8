// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace heapsel {

/// A heap as the kernel has it, whether it has a node or not.
struct KernelHeap {
    std::string name;   ///< Raw.
    std::string number; ///< "250:0", of its device; empty where nobody says.
    friend bool operator==(const KernelHeap&, const KernelHeap&) = default;
};

/// What the running kernel can do about heaps. A value.
struct KernelFacts {
    std::string release;                       ///< "7.2.13"; empty where nobody says. Raw.
    std::string configuration;                 ///< The file that it was read from; or empty.
    std::map<std::string, char> options;       ///< DMABUF_HEAPS and the like: 'y' or 'm'.
    std::vector<std::string> loadable_modules; ///< Of those that register heaps.
    std::vector<std::string> loaded_modules;   ///< Of the same; what is built in may be here, too.
    bool has_framework = false;                ///< There is a class for heaps in sysfs.
    bool has_udmabuf = false;                  ///< There is a /dev/udmabuf, or an option says so.
    std::vector<KernelHeap> heaps;             ///< Sorted by name.
};

/// The options that are on, of those that heaps need. Pure.
[[nodiscard]] std::map<std::string, char> heap_options(std::string_view configuration);

/// Of the modules that register heaps, those that `dependencies` (modules.dep) lists. Pure.
[[nodiscard]] std::vector<std::string> heap_modules(std::string_view dependencies);

/// Reads the release, the configuration (of /proc/config.gz, /boot/config-RELEASE and
/// /lib/modules/RELEASE/config the first that can be read), modules.dep, /sys/module and the class
/// in sysfs under `root`. What is not there, or cannot be read, is left out.
[[nodiscard]] KernelFacts read_kernel_facts(const std::filesystem::path& root);

} // namespace heapsel
