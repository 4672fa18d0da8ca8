// SPDX-License-Identifier: LGPL-2.1-or-later
#include "uapi/drm.hpp"

#include <array>
#include <cerrno>
#include <format>
#include <span>
#include <string_view>
#include <utility>

#include <drm/drm.h>

#include "uapi/address.hpp"
#include "uapi/drm_heap.h"
#include "uapi/ioctl.hpp"
#include "uapi/text_field.hpp"

namespace heapsel::uapi {
namespace {

static_assert(sizeof(drm_mode_list_heaps) == 32);
static_assert(sizeof(drm_mode_heap) == 168);

// More planes, formats and properties than any driver has, and longer blobs.
constexpr std::uint32_t max_count = 4096;
constexpr std::uint32_t max_blob = 65536;
constexpr std::size_t usual_heaps = 16;

std::unexpected<Error> query_failed(int code, std::string_view operation, std::string_view call) {
    std::string hint;
    if (code == EOPNOTSUPP)
        hint = "The driver of the device does no modesetting.";
    else if (code == EACCES)
        hint = "A render node has no planes: open the device's /dev/dri/cardN.";
    return std::unexpected(Error{.code = code,
                                 .operation = std::string(operation),
                                 .subject = std::string(call),
                                 .hint = std::move(hint)});
}

/// What is listed in two calls: the first gives the count, the second the list. `ask` makes one of
/// them, takes the room that there is, replaces it by the count, and gives the errno.
template <typename T, typename Ask>
Result<std::vector<T>> listed(std::string_view operation, std::string_view call, const Ask& ask) {
    std::uint32_t count = 0;
    if (const int code = ask(static_cast<T*>(nullptr), count); code != 0)
        return query_failed(code, operation, call);
    if (count > (sizeof(T) > 1 ? max_count : max_blob))
        return query_failed(EOVERFLOW, operation, call);
    std::vector<T> list(count);
    if (const int code = ask(list.data(), count); code != 0)
        return query_failed(code, operation, call);
    if (count > list.size())
        return query_failed(EOVERFLOW, operation, call);
    list.resize(count);
    return list;
}

Result<std::string> property_name(int fd, std::uint32_t property) {
    drm_mode_get_property request{};
    request.prop_id = property;
    if (const int code = retried_ioctl(fd, DRM_IOCTL_MODE_GETPROPERTY, &request); code != 0)
        return query_failed(code, "read the name of a property", "DRM_IOCTL_MODE_GETPROPERTY");
    return text_of(request.name);
}

} // namespace

Result<std::string> drm_driver(int fd) {
    std::array<char, 64> name{};
    drm_version request{};
    request.name = name.data();
    request.name_len = name.size();
    if (const int code = retried_ioctl(fd, DRM_IOCTL_VERSION, &request); code != 0)
        return std::unexpected(
            Error{.code = code,
                  .operation = "ask a DRM device for its driver",
                  .subject = std::format("file descriptor {}", fd),
                  .hint = code == ENOTTY ? "The descriptor is no DRM device." : ""});
    return text_of(name);
}

void drm_show_all_planes(int fd) {
    drm_set_client_cap request{};
    request.capability = DRM_CLIENT_CAP_UNIVERSAL_PLANES;
    request.value = 1;
    static_cast<void>(retried_ioctl(fd, DRM_IOCTL_SET_CLIENT_CAP, &request));
}

Result<std::vector<std::uint32_t>> drm_plane_ids(int fd) {
    return listed<std::uint32_t>("list the planes of a display", "DRM_IOCTL_MODE_GETPLANERESOURCES",
                                 [&](std::uint32_t* to, std::uint32_t& count) {
                                     drm_mode_get_plane_res request{};
                                     request.plane_id_ptr = address_of(to);
                                     request.count_planes = count;
                                     const int code = retried_ioctl(
                                         fd, DRM_IOCTL_MODE_GETPLANERESOURCES, &request);
                                     count = request.count_planes;
                                     return code;
                                 });
}

Result<DrmPlane> drm_plane(int fd, std::uint32_t plane) {
    drm_mode_get_plane answer{};
    auto formats =
        listed<std::uint32_t>(std::format("look at the plane {}", plane), "DRM_IOCTL_MODE_GETPLANE",
                              [&](std::uint32_t* to, std::uint32_t& count) {
                                  answer = {};
                                  answer.plane_id = plane;
                                  answer.format_type_ptr = address_of(to);
                                  answer.count_format_types = count;
                                  const int code =
                                      retried_ioctl(fd, DRM_IOCTL_MODE_GETPLANE, &answer);
                                  count = answer.count_format_types;
                                  return code;
                              });
    if (!formats)
        return std::unexpected(std::move(formats.error()));
    return DrmPlane{.formats = *std::move(formats),
                    .crtc = answer.crtc_id,
                    .possible_crtcs = answer.possible_crtcs};
}

Result<std::vector<DrmProperty>> drm_plane_properties(int fd, std::uint32_t plane) {
    std::vector<std::uint64_t> values;
    const auto ids = listed<std::uint32_t>(
        std::format("list the properties of the plane {}", plane),
        "DRM_IOCTL_MODE_OBJ_GETPROPERTIES", [&](std::uint32_t* to, std::uint32_t& count) {
            values.assign(count, 0);
            drm_mode_obj_get_properties request{};
            request.obj_id = plane;
            request.obj_type = DRM_MODE_OBJECT_PLANE;
            request.props_ptr = address_of(to);
            request.prop_values_ptr = address_of(values.data());
            request.count_props = count;
            const int code = retried_ioctl(fd, DRM_IOCTL_MODE_OBJ_GETPROPERTIES, &request);
            count = request.count_props;
            return code;
        });
    if (!ids)
        return std::unexpected(ids.error());
    std::vector<DrmProperty> properties;
    for (std::size_t i = 0; i < ids->size(); ++i) {
        auto name = property_name(fd, (*ids)[i]);
        if (!name)
            return std::unexpected(std::move(name.error()));
        properties.push_back({.id = (*ids)[i], .name = *std::move(name), .value = values[i]});
    }
    return properties;
}

Result<std::vector<std::byte>> drm_blob(int fd, std::uint32_t blob) {
    return listed<std::byte>(
        "read a property", "DRM_IOCTL_MODE_GETPROPBLOB", [&](std::byte* to, std::uint32_t& count) {
            drm_mode_get_blob request{};
            request.blob_id = blob;
            request.data = address_of(to);
            request.length = count;
            const int code = retried_ioctl(fd, DRM_IOCTL_MODE_GETPROPBLOB, &request);
            count = request.length;
            return code;
        });
}

Result<std::vector<HeapEntry>> drm_list_heaps(int fd, const DrmHeapQuery& query) {
    constexpr std::string_view call = "DRM_IOCTL_MODE_LIST_HEAPS";
    const auto failed = [&](int code, std::string hint) {
        return std::unexpected(Error{.code = code,
                                     .operation = "list the heaps that a device can use",
                                     .subject = std::string(call),
                                     .hint = std::move(hint)});
    };
    std::vector<drm_mode_heap> heaps(usual_heaps);
    std::uint32_t count = 0;
    // Heaps come and go with their modules, so there can be more than the last call counted.
    for (;;) {
        drm_mode_list_heaps request{};
        request.plane_id = query.plane;
        request.pixel_format = query.format;
        request.modifier = query.modifier;
        request.heaps_ptr = address_of(heaps.data());
        request.count_heaps = static_cast<std::uint32_t>(heaps.size());
        if (const int code = retried_ioctl(fd, DRM_IOCTL_MODE_LIST_HEAPS, &request); code != 0)
            return failed(code, {});
        count = request.count_heaps;
        if (count <= heaps.size())
            break;
        if (count > max_heaps)
            return failed(EOVERFLOW,
                          std::format("The driver is faulty: it lists more than {}.", max_heaps));
        heaps.resize(count);
    }
    heaps.resize(count);
    std::vector<HeapEntry> entries;
    for (const drm_mode_heap& heap : heaps)
        entries.push_back(heap_entry({.flags = heap.flags,
                                      .accounting = heap.accounting,
                                      .use = heap.use,
                                      .name = heap.name,
                                      .cgroup_region = heap.cgroup_region}));
    return entries;
}

} // namespace heapsel::uapi
