// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include <heapsel/error.hpp>

namespace heapsel {

/// A dma-buf that exists, whoever holds it. A value.
struct KernelBuffer {
    std::uint64_t inode = 0;          ///< The number of its file.
    std::uint64_t size = 0;           ///< In bytes.
    std::string exporter;             ///< Of a heap's buffer, the heap's name. Raw.
    std::string name;                 ///< What a user called it; raw, and empty where nobody did.
    std::vector<std::string> devices; ///< That are attached to it, as the kernel names them; raw.
    friend bool operator==(const KernelBuffer&, const KernelBuffer&) = default;
};

/// All of the machine whose files stand under `root`, in the kernel's order, from debugfs
/// (dma_buf/bufinfo). Users name buffers as they like, line ends included, so the list is for
/// people to look at and nothing to rely on.
///
/// ENOENT: debugfs is not mounted, or the kernel was built without it. EACCES: only root may.
/// EFBIG: more than 16 MiB. Else the errno of open(2), read(2).
[[nodiscard]] Result<std::vector<KernelBuffer>>
list_kernel_buffers(const std::filesystem::path& root = "/");

} // namespace heapsel
