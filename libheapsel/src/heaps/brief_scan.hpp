// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <filesystem>
#include <optional>

#include <heapsel/heap_catalog.hpp>

namespace heapsel {

/// The heaps of the machine under `root`, each with what kind of memory it has and how much, and
/// with nothing else: no address, no ECC, no permission, no udmabuf. It reads a few files a heap
/// where `HeapCatalog::scan` walks the device tree.
///
/// Nothing where these files do not say it of every heap, or where `scan` would have a warning or
/// an error to give: then that has to be asked. What this says, `scan` says, too.
[[nodiscard]] std::optional<HeapCatalog> scan_briefly(const std::filesystem::path& root);

} // namespace heapsel
