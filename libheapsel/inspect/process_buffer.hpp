// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace heapsel {

/// A dma-buf that a process has open. A value.
struct ProcessBuffer {
    std::uint32_t process = 0; ///< Its id.
    std::string command;       ///< What the process calls itself; raw, and any process may lie.
    std::string exporter;      ///< Of a heap's buffer, the heap's name. Raw.
    std::uint64_t inode = 0;   ///< The buffer's; 0 where the kernel does not tell (before 5.14).
    std::uint64_t size = 0;    ///< In bytes.
    std::string name;          ///< What a user called the buffer; raw, and empty where nobody did.
    std::size_t descriptors = 1; ///< How many the process has of it.
    friend bool operator==(const ProcessBuffer&, const ProcessBuffer&) = default;
};

/// The buffers that processes hold. A value.
struct ProcessBuffers {
    std::vector<ProcessBuffer> buffers; ///< By process, each buffer of one once; then by inode.
    std::size_t unseen = 0;             ///< Processes that this one may not look into.
};

/// Reads it from the processes of the machine whose files stand under `root` (/proc/*/fdinfo).
/// Never fails: a process that ends meanwhile is left out, and one that may not be looked into is
/// counted. A buffer that is only mapped, or that only a driver holds, has no descriptor and is not
/// here.
[[nodiscard]] ProcessBuffers list_process_buffers(const std::filesystem::path& root = "/");

} // namespace heapsel
