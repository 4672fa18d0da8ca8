// SPDX-License-Identifier: LGPL-2.1-or-later
#include "kms.hpp"

#include <algorithm>
#include <format>
#include <span>
#include <xf86drm.h>

namespace example::kms {
namespace {

template <typename T>
std::span<T> all(T* first, auto count) {
    return {first, static_cast<std::size_t>(count)};
}

std::string name_of(const drmModeConnector& connector) {
    const char* const type = drmModeGetConnectorTypeName(connector.connector_type);
    return std::format("{}-{}", type != nullptr ? type : "Unknown", connector.connector_type_id);
}

/// The index of a CRTC that the connector can be driven by.
std::optional<std::size_t> crtc_for(int fd, const drmModeRes& resources,
                                    const drmModeConnector& connector) {
    for (const std::uint32_t id : all(connector.encoders, connector.count_encoders)) {
        const Owned<drmModeEncoder, drmModeFreeEncoder> encoder(drmModeGetEncoder(fd, id));
        for (std::size_t i = 0; encoder && i < all(resources.crtcs, resources.count_crtcs).size();
             ++i) {
            if ((encoder->possible_crtcs & (1U << i)) != 0)
                return i;
        }
    }
    return std::nullopt;
}

std::optional<std::uint32_t> primary_plane(int fd, std::size_t crtc) {
    const Planes planes(drmModeGetPlaneResources(fd));
    if (!planes)
        return std::nullopt;
    for (const std::uint32_t id : all(planes->planes, planes->count_planes)) {
        const Owned<drmModePlane, drmModeFreePlane> plane(drmModeGetPlane(fd, id));
        const bool reaches = plane && (plane->possible_crtcs & (1U << crtc)) != 0;
        if (reaches &&
            Properties(fd, id, DRM_MODE_OBJECT_PLANE).value("type") == DRM_PLANE_TYPE_PRIMARY)
            return id;
    }
    return std::nullopt;
}

std::vector<drmModeModeInfo> modes_of(const drmModeConnector& connector) {
    const auto given = all(connector.modes, connector.count_modes);
    std::vector<drmModeModeInfo> modes(given.begin(), given.end());
    std::ranges::stable_partition(
        modes, [](const auto& mode) { return (mode.type & DRM_MODE_TYPE_PREFERRED) != 0; });
    return modes;
}

} // namespace

Properties::Properties(int fd, std::uint32_t object, std::uint32_t type) : object_(object) {
    const Owned<drmModeObjectProperties, drmModeFreeObjectProperties> given(
        drmModeObjectGetProperties(fd, object, type));
    for (std::size_t i = 0; given && i < given->count_props; ++i) {
        const Owned<drmModePropertyRes, drmModeFreeProperty> property(
            drmModeGetProperty(fd, given->props[i]));
        if (!property)
            continue;
        Property& kept = properties_[property->name];
        kept.number = property->prop_id;
        kept.value = given->prop_values[i];
        for (const auto& word : all(property->enums, property->count_enums))
            kept.words[word.name] = word.value;
    }
}

std::uint32_t Properties::number(const std::string& name) const {
    const auto found = properties_.find(name);
    return found == properties_.end() ? 0 : found->second.number;
}

std::optional<std::uint64_t> Properties::value(const std::string& name) const {
    const auto found = properties_.find(name);
    if (found == properties_.end())
        return std::nullopt;
    return found->second.value;
}

std::optional<std::uint64_t> Properties::word(const std::string& name,
                                              const std::string& word) const {
    const auto found = properties_.find(name);
    if (found == properties_.end() || !found->second.words.contains(word))
        return std::nullopt;
    return found->second.words.at(word);
}

std::optional<Output> find_output(int fd, const std::string& name) {
    const Resources resources(drmModeGetResources(fd));
    if (!resources)
        return std::nullopt;
    for (const std::uint32_t id : all(resources->connectors, resources->count_connectors)) {
        const Connector connector(drmModeGetConnector(fd, id));
        if (!connector || connector->connection != DRM_MODE_CONNECTED ||
            connector->count_modes == 0 || (!name.empty() && name != name_of(*connector)))
            continue;
        const auto crtc = crtc_for(fd, *resources, *connector);
        const auto plane = crtc ? primary_plane(fd, *crtc) : std::nullopt;
        if (plane)
            return Output{.connector_name = name_of(*connector),
                          .connector = id,
                          .crtc = all(resources->crtcs, resources->count_crtcs)[*crtc],
                          .plane = *plane,
                          .modes = modes_of(*connector)};
    }
    return std::nullopt;
}

} // namespace example::kms
