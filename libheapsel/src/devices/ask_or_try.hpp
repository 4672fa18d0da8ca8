// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <filesystem>
#include <span>

#include <heapsel/consumer.hpp>
#include <heapsel/error.hpp>
#include <heapsel/heap.hpp>
#include <heapsel/parsed_consumer.hpp>

namespace heapsel {

/// The consumer of a plane of the display with this node. Where its driver does not say what it can
/// show from, each of `heaps` is tried.
///
/// Any errno of open(2); else as of `Consumer::drm`.
[[nodiscard]] Result<Consumer> ask_or_try(const std::filesystem::path& node, const Scanout& show,
                                          std::span<const Heap> heaps);

} // namespace heapsel
