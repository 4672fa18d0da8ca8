// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "inspect/board_plan.hpp"
#include "inspect/kernel_buffer.hpp"
#include "inspect/process_buffer.hpp"
#include <heapsel/accounting.hpp>
#include <heapsel/binding.hpp>
#include <heapsel/display_device.hpp>
#include <heapsel/heap.hpp>
#include <heapsel/heap_statistics.hpp>
#include <heapsel/parsed_consumer.hpp>
#include <heapsel/plane.hpp>
#include <heapsel/select.hpp>
#include <heapsel/usable_heaps.hpp>
#include <heapsel/video_device.hpp>

#include <nlohmann/json.hpp>

// Compiled once, in json.cpp: in every verb it would take longer than all the rest.
extern template std::string
nlohmann::basic_json<nlohmann::ordered_map>::dump(int, char, bool, error_handler_t) const;
extern template nlohmann::basic_json<nlohmann::ordered_map>::basic_json(initializer_list_t, bool,
                                                                        value_t);

namespace heapsel::tools {

/// Names and paths are as `printable` writes them, so that any byte is valid JSON.
[[nodiscard]] nlohmann::ordered_json to_json(const Heap& heap);
[[nodiscard]] nlohmann::ordered_json to_json(const PlannedRegion& region);
/// Exact numbers by the names of their files, null where there is none, and in "unknown" the
/// reasons of those that should be known.
[[nodiscard]] nlohmann::ordered_json to_json(const HeapStatistics& statistics);
[[nodiscard]] nlohmann::ordered_json to_json(const Accounting& accounting);
[[nodiscard]] nlohmann::ordered_json to_json(const Selection& selection);
[[nodiscard]] nlohmann::ordered_json to_json(const Binding& binding);
[[nodiscard]] nlohmann::ordered_json to_json(const ProcessBuffer& buffer);
[[nodiscard]] nlohmann::ordered_json to_json(const KernelBuffer& buffer);
/// Of heaps that are not known, "heaps" is null, and "unknown" the reason.
[[nodiscard]] nlohmann::ordered_json to_json(const UsableHeaps& usable);
[[nodiscard]] nlohmann::ordered_json to_json(const DeviceMemory& memory);
[[nodiscard]] nlohmann::ordered_json to_json(const VideoMemory& memory);
[[nodiscard]] nlohmann::ordered_json to_json(const VideoDevice& device);
/// Formats by their names, modifiers as hexadecimal numbers in strings.
[[nodiscard]] nlohmann::ordered_json to_json(const Plane& plane);
[[nodiscard]] nlohmann::ordered_json to_json(const DisplayDevice& device);
[[nodiscard]] nlohmann::ordered_json to_json(const ParsedConsumer& named);

} // namespace heapsel::tools
