// SPDX-License-Identifier: LGPL-2.1-or-later
#include "bandwidth/run/kept_bindings.hpp"

#include <algorithm>
#include <cerrno>
#include <iterator>
#include <utility>

#include <unistd.h>

namespace heapsel::bandwidth {
namespace {

/// Writes only where something is to change, which who may not write can do as well.
Result<void> bind_use(const std::filesystem::path& device, const std::string& use,
                      const std::vector<std::string>& heaps, bool or_driver) {
    const auto now = read_binding(device, use);
    if (!now)
        return std::unexpected(now.error());
    if (now->heaps == heaps && (heaps.empty() || now->or_driver == or_driver))
        return {};
    const auto bound = bind_heaps(device, use, heaps, or_driver);
    if (!bound)
        return std::unexpected(bound.error());
    return {};
}

} // namespace

Result<KeptBindings> KeptBindings::of(std::filesystem::path device) {
    std::vector<Kept> kept;
    for (const std::string& use : bindable_uses(device)) {
        auto binding = read_binding(device, use);
        if (!binding)
            return std::unexpected(std::move(binding.error()));
        kept.push_back({.use = use, .binding = *std::move(binding)});
    }
    return KeptBindings(std::move(device), std::move(kept));
}

KeptBindings::KeptBindings(KeptBindings&& other) noexcept
    : device_(std::move(other.device_)), kept_(std::exchange(other.kept_, {})) {}

KeptBindings::~KeptBindings() {
    static_cast<void>(restore());
}

std::vector<UseHeaps> KeptBindings::bindable() const {
    std::vector<UseHeaps> uses;
    for (const Kept& kept : kept_) {
        UseHeaps& use = uses.emplace_back(kept.use, kept.binding.heaps);
        std::ranges::copy(kept.binding.usable, std::back_inserter(use.heaps));
        std::ranges::sort(use.heaps);
    }
    return uses;
}

Result<void> KeptBindings::check_writable() const {
    for (const Kept& kept : kept_) {
        const auto file = binding_file(device_, kept.use);
        if (::access(file.c_str(), W_OK) != 0)
            return std::unexpected(
                Error{.code = errno,
                      .operation = "bind uses of the device",
                      .subject = file.native(),
                      .hint = "Only root may, and only where sysfs is writable: run it as root."});
    }
    return {};
}

Result<void> KeptBindings::apply(const Way& way) const {
    if (way.as_it_is)
        return {};
    for (const Kept& kept : kept_) {
        const auto wanted = std::ranges::find(way.bindings, kept.use, &UseHeaps::use);
        const auto bound = wanted == way.bindings.end()
                               ? bind_use(device_, kept.use, {}, true)
                               : bind_use(device_, kept.use, wanted->heaps, false);
        if (!bound)
            return bound;
    }
    return {};
}

Result<void> KeptBindings::restore() const {
    Result<void> first;
    for (const auto& [use, binding] : kept_) {
        const auto bound = bind_use(device_, use, binding.heaps, binding.or_driver);
        if (!bound && first)
            first = bound;
    }
    return first;
}

} // namespace heapsel::bandwidth
