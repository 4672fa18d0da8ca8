// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>
#include <xf86drmMode.h>

namespace example::kms {

/// What libdrm gives, freed with what it is freed with.
template <auto release>
struct Free {
    template <typename T>
    void operator()(T* given) const {
        release(given);
    }
};
template <typename T, auto release>
using Owned = std::unique_ptr<T, Free<release>>;

using Resources = Owned<drmModeRes, drmModeFreeResources>;
using Connector = Owned<drmModeConnector, drmModeFreeConnector>;
using Planes = Owned<drmModePlaneRes, drmModeFreePlaneResources>;
using AtomicRequest = Owned<drmModeAtomicReq, drmModeAtomicFree>;

/// The properties of one object of a DRM device: their numbers and values by name, and the numbers
/// of the words of those that have words.
class Properties {
  public:
    Properties() = default;
    Properties(int fd, std::uint32_t object, std::uint32_t type);

    [[nodiscard]] std::uint32_t object() const { return object_; }
    /// 0 where there is none of that name.
    [[nodiscard]] std::uint32_t number(const std::string& name) const;
    [[nodiscard]] std::optional<std::uint64_t> value(const std::string& name) const;
    [[nodiscard]] std::optional<std::uint64_t> word(const std::string& name,
                                                    const std::string& word) const;

  private:
    struct Property {
        std::uint32_t number = 0;
        std::uint64_t value = 0;
        std::map<std::string, std::uint64_t> words;
    };
    std::uint32_t object_ = 0;
    std::map<std::string, Property> properties_;
};

/// A connector with a display, the CRTC that is to drive it, and that one's primary plane.
struct Output {
    std::string connector_name; ///< "HDMI-A-1".
    std::uint32_t connector = 0;
    std::uint32_t crtc = 0;
    std::uint32_t plane = 0;
    std::vector<drmModeModeInfo> modes; ///< The one that the display prefers first.
};

/// The connector of that name, or with none the first one, that has a display; nothing if the
/// device has none. The device has been asked for atomic modesetting and for all planes.
std::optional<Output> find_output(int fd, const std::string& connector);

} // namespace example::kms
