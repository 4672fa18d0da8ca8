// SPDX-License-Identifier: LGPL-2.1-or-later
#include "devices/plane_heaps.hpp"

#include <algorithm>
#include <cerrno>
#include <format>
#include <span>
#include <utility>

#include <heapsel/pixel_format.hpp>

#include "base/joined.hpp"
#include "devices/enum_heaps.hpp"
#include "devices/in_formats.hpp"
#include "heaps/heap_ioctls.hpp"
#include "uapi/drm.hpp"

namespace heapsel {
namespace {

constexpr const char* call_name = "DRM_IOCTL_MODE_LIST_HEAPS";

using Properties = std::span<const uapi::DrmProperty>;

void read_modifiers(int fd, Properties properties, Plane& plane) {
    const auto* const in_formats = property_called(properties, "IN_FORMATS");
    if (in_formats == nullptr) {
        plane.modifiers_unknown_because = "the plane has no IN_FORMATS";
        return;
    }
    auto modifiers =
        uapi::drm_blob(fd, static_cast<std::uint32_t>(in_formats->value))
            .and_then([](const std::vector<std::byte>& blob) { return parse_in_formats(blob); });
    if (modifiers)
        plane.modifiers = *std::move(modifiers);
    else
        plane.modifiers_unknown_because = modifiers.error().message();
}

/// What `plane` takes instead.
std::string alternatives(const Plane& plane, std::uint32_t format) {
    std::vector<std::string> names;
    if (!std::ranges::contains(plane.formats, format)) {
        std::ranges::transform(plane.formats, std::back_inserter(names),
                               [](std::uint32_t other) { return format_name(other); });
        return names.empty() ? "It takes no format at all."
                             : "It takes: " + joined(names, ", ") + ".";
    }
    for (const FormatModifier& pair : plane.modifiers) {
        if (pair.format == format)
            names.push_back(std::format("{:#x}", pair.modifier));
    }
    return names.empty() ? "It takes that format with no modifier at all."
                         : "It takes that format with: " + joined(names, ", ") + ".";
}

/// EINVAL is the answer for a number that the kernel does not know, too.
std::string why_einval(const Plane& plane, std::uint32_t format, std::uint64_t modifier) {
    std::string text = std::format("the kernel does not have {}", call_name);
    if (plane.takes(format, modifier) == Answer::unknown)
        text += std::format(", or the plane does not take that modifier: {}",
                            plane.modifiers_unknown_because);
    return text;
}

Result<HeapList> ask_display_heaps(int fd, const uapi::DrmHeapQuery& query,
                                   const std::string& why_invalid) {
    if (!kernel_lists_usable_heaps())
        return no_such_call(call_name);
    const auto entries = uapi::drm_list_heaps(fd, query);
    if (entries)
        return HeapList{.uses = heaps_by_use(*entries, call_name), .unknown_because = {}};
    switch (entries.error().code) {
    case EINVAL:
        return HeapList{.uses = {}, .unknown_because = why_invalid};
    case EOPNOTSUPP:
        return HeapList{.uses = {},
                        .unknown_because = "the driver takes nothing from heaps, and does not say "
                                           "what it can show from"};
    default:
        return std::unexpected(entries.error());
    }
}

} // namespace

const uapi::DrmProperty* property_called(Properties properties, std::string_view name) {
    const auto found = std::ranges::find(properties, name, &uapi::DrmProperty::name);
    return found == properties.end() ? nullptr : &*found;
}

std::optional<PlaneType> plane_type(Properties properties) {
    const auto* const type = property_called(properties, "type");
    if (type == nullptr)
        return std::nullopt;
    switch (type->value) {
    case 0:
        return PlaneType::overlay;
    case 1:
        return PlaneType::primary;
    case 2:
        return PlaneType::cursor;
    default:
        return std::nullopt;
    }
}

Result<Plane> ask_plane(int fd, std::uint32_t id) {
    auto answer = uapi::drm_plane(fd, id);
    if (!answer) {
        if (answer.error().code == ENOENT)
            answer.error().hint = "The device has no such plane.";
        return std::unexpected(std::move(answer.error()));
    }
    const auto properties = uapi::drm_plane_properties(fd, id);
    if (!properties)
        return std::unexpected(properties.error());
    Plane plane{.id = id,
                .type = plane_type(*properties),
                .formats = std::move(answer->formats),
                .modifiers = {},
                .modifiers_unknown_because = {}};
    read_modifiers(fd, *properties, plane);
    return plane;
}

Result<std::vector<Plane>> ask_planes(int fd) {
    uapi::drm_show_all_planes(fd);
    const auto ids = uapi::drm_plane_ids(fd);
    if (!ids)
        return std::unexpected(ids.error());
    std::vector<Plane> planes;
    for (const std::uint32_t id : *ids) {
        auto plane = ask_plane(fd, id);
        if (!plane)
            return std::unexpected(std::move(plane.error()));
        planes.push_back(*std::move(plane));
    }
    return planes;
}

Result<UsableHeaps> ask_plane_heaps(int fd, const Plane& plane, std::uint32_t format,
                                    std::uint64_t modifier) {
    if (plane.takes(format, modifier) == Answer::no)
        return std::unexpected(
            Error{.code = EINVAL,
                  .operation = std::format("show {} on a plane", format_name(format, modifier)),
                  .subject = plane.name(),
                  .hint = alternatives(plane, format)});
    return ask_display_heaps(fd, {.plane = plane.id, .format = format, .modifier = modifier},
                             why_einval(plane, format, modifier))
        .transform(
            [](HeapList list) { return heaps_of_one_use(std::move(list), call_name).usable; });
}

Result<HeapList> ask_hidden_heaps(int fd) {
    return ask_display_heaps(fd, {}, std::format("the kernel does not have {}", call_name));
}

std::string plane_consumer_name(std::string_view device, std::string_view driver,
                                const Plane& plane, std::uint32_t format, std::uint64_t modifier) {
    return std::format("{} ({}) {} {}", device, driver, plane.name(),
                       format_name(format, modifier));
}

} // namespace heapsel
