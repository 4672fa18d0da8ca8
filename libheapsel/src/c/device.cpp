// SPDX-License-Identifier: LGPL-2.1-or-later
#include <heapsel/c/device.h>

#include <array>
#include <filesystem>
#include <utility>
#include <vector>

#include <heapsel/pixel_format.hpp>

#include "c/call.hpp"
#include "c/handles.hpp"
#include "c/values.hpp"

using namespace heapsel;

namespace {

using Memory = heapsel_device::Memory;

heapsel_memory_kind kind_of(const VideoMemory& memory) {
    if (memory.role == Role::reference)
        return HEAPSEL_MEMORY_REFERENCE;
    if (memory.role == Role::metadata)
        return HEAPSEL_MEMORY_METADATA;
    if (!memory.queue)
        return HEAPSEL_MEMORY_FRAME;
    return *memory.queue == Queue::capture ? HEAPSEL_MEMORY_CAPTURE : HEAPSEL_MEMORY_OUTPUT;
}

Memory view(const VideoMemory& memory) {
    Memory seen{.kind = kind_of(memory),
                .plane = 0,
                .shown_by = nullptr,
                .formats = {},
                .usable = &memory.usable,
                .binding = memory.binding ? &*memory.binding : nullptr,
                .binding_unknown_because = memory.binding_unknown_because.c_str()};
    if (memory.pixel_format)
        seen.formats.push_back(format_of_v4l2(*memory.pixel_format));
    return seen;
}

Memory view(const DisplayPlane& plane) {
    return {.kind = HEAPSEL_MEMORY_PLANE,
            .plane = plane.plane.id,
            .shown_by = &plane.plane,
            .formats = plane.plane.formats,
            .usable = &plane.usable,
            .binding = nullptr,
            .binding_unknown_because = ""};
}

heapsel_device view(const VideoDevice& device) {
    heapsel_device seen{.subsystem = HEAPSEL_SUBSYSTEM_V4L2,
                        .node = &device,
                        .title = device.title.c_str(),
                        .card = device.card.c_str(),
                        .memories = {}};
    for (const VideoMemory& memory : device.memories)
        seen.memories.push_back(view(memory));
    return seen;
}

heapsel_device view(const DisplayDevice& device) {
    heapsel_device seen{.subsystem = HEAPSEL_SUBSYSTEM_DRM,
                        .node = &device,
                        .title = "",
                        .card = "",
                        .memories = {}};
    for (const DisplayPlane& plane : device.planes)
        seen.memories.push_back(view(plane));
    seen.memories.push_back({.kind = HEAPSEL_MEMORY_DUMB,
                             .plane = 0,
                             .shown_by = nullptr,
                             .formats = {},
                             .usable = nullptr,
                             .binding = device.binding ? &*device.binding : nullptr,
                             .binding_unknown_because = device.binding_unknown_because.c_str()});
    return seen;
}

const Memory* memory_of(const heapsel_device* device, std::size_t index) {
    return device == nullptr ? nullptr : c_api::at(device->memories, index);
}

} // namespace

heapsel_devices c_api::devices_of(std::vector<VideoDevice> videos,
                                  std::vector<DisplayDevice> displays) {
    heapsel_devices list{
        .videos = std::move(videos), .displays = std::move(displays), .devices = {}};
    for (const VideoDevice& device : list.videos)
        list.devices.push_back(view(device));
    for (const DisplayDevice& device : list.displays)
        list.devices.push_back(view(device));
    return list;
}

int heapsel_devices_list(const char* root, heapsel_devices** devices, heapsel_error** error) {
    return c_api::make(
        __func__, error, devices, {{"devices", devices}}, [&]() -> Result<heapsel_devices> {
            const std::filesystem::path folder = c_api::root_of(root);
            return c_api::devices_of(list_video_devices(folder), list_display_devices(folder));
        });
}

void heapsel_devices_free(heapsel_devices* devices) {
    delete devices;
}

std::size_t heapsel_devices_count(const heapsel_devices* devices) {
    return devices == nullptr ? 0 : devices->devices.size();
}

const heapsel_device* heapsel_devices_device(const heapsel_devices* devices, std::size_t index) {
    return devices == nullptr ? nullptr : c_api::at(devices->devices, index);
}

heapsel_subsystem heapsel_device_subsystem(const heapsel_device* device) {
    return device == nullptr ? HEAPSEL_SUBSYSTEM_V4L2 : device->subsystem;
}

const char* heapsel_device_name(const heapsel_device* device) {
    return device == nullptr ? nullptr : device->node->name.c_str();
}

const char* heapsel_device_node(const heapsel_device* device) {
    return device == nullptr ? nullptr : device->node->node.c_str();
}

const char* heapsel_device_folder(const heapsel_device* device) {
    return device == nullptr ? nullptr : device->node->folder.c_str();
}

const char* heapsel_device_title(const heapsel_device* device) {
    return device == nullptr ? nullptr : device->title;
}

const char* heapsel_device_driver(const heapsel_device* device) {
    return device == nullptr ? nullptr : device->node->driver.c_str();
}

const char* heapsel_device_card(const heapsel_device* device) {
    return device == nullptr ? nullptr : device->card;
}

const char* heapsel_device_unasked_because(const heapsel_device* device) {
    return device == nullptr ? nullptr : device->node->unasked_because.c_str();
}

std::size_t heapsel_device_memory_count(const heapsel_device* device) {
    return device == nullptr ? 0 : device->memories.size();
}

heapsel_memory_kind heapsel_device_memory_kind(const heapsel_device* device, std::size_t memory) {
    const Memory* const found = memory_of(device, memory);
    return found == nullptr ? HEAPSEL_MEMORY_FRAME : found->kind;
}

std::uint32_t heapsel_device_memory_plane(const heapsel_device* device, std::size_t memory) {
    const Memory* const found = memory_of(device, memory);
    return found == nullptr ? 0 : found->plane;
}

std::size_t heapsel_device_memory_format_count(const heapsel_device* device, std::size_t memory) {
    const Memory* const found = memory_of(device, memory);
    return found == nullptr ? 0 : found->formats.size();
}

std::uint32_t heapsel_device_memory_format(const heapsel_device* device, std::size_t memory,
                                           std::size_t index) {
    const Memory* const found = memory_of(device, memory);
    const std::uint32_t* const format =
        found == nullptr ? nullptr : c_api::at(found->formats, index);
    return format == nullptr ? 0 : *format;
}

const heapsel_usable_heaps* heapsel_device_memory_usable_heaps(const heapsel_device* device,
                                                               std::size_t memory) {
    const Memory* const found = memory_of(device, memory);
    return found == nullptr ? nullptr : c_api::to_c(found->usable);
}

const heapsel_binding* heapsel_device_memory_binding(const heapsel_device* device,
                                                     std::size_t memory) {
    const Memory* const found = memory_of(device, memory);
    return found == nullptr ? nullptr : c_api::to_c(found->binding);
}

const char* heapsel_device_memory_binding_unknown_because(const heapsel_device* device,
                                                          std::size_t memory) {
    const Memory* const found = memory_of(device, memory);
    return found == nullptr ? nullptr : found->binding_unknown_because;
}

const char* heapsel_memory_kind_text(heapsel_memory_kind kind) {
    constexpr std::array<const char*, 7> words{"capture",  "output", "frame", "reference",
                                               "metadata", "plane",  "dumb"};
    const auto* const word = c_api::at(words, static_cast<std::size_t>(std::to_underlying(kind)));
    return word == nullptr ? nullptr : *word;
}
