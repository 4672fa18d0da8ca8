// SPDX-License-Identifier: LGPL-2.1-or-later
#include "devices/in_formats.hpp"

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <format>
#include <optional>
#include <utility>

#include <drm/drm_mode.h>

namespace heapsel {
namespace {

constexpr unsigned formats_of_a_modifier = 64;

std::unexpected<Error> malformed(std::string why) {
    return std::unexpected(Error{.code = EINVAL,
                                 .operation = "read the formats of a plane",
                                 .subject = "IN_FORMATS",
                                 .hint = std::move(why)});
}

/// The array of `count` at `offset`; nothing if the blob ends before it does.
template <typename T>
std::optional<std::vector<T>> array_at(std::span<const std::byte> blob, std::uint64_t offset,
                                       std::uint64_t count) {
    if (offset > blob.size() || count > (blob.size() - offset) / sizeof(T))
        return std::nullopt;
    std::vector<T> array(count);
    if (count > 0)
        std::memcpy(array.data(), blob.subspan(offset).data(), count * sizeof(T));
    return array;
}

} // namespace

Result<std::vector<FormatModifier>> parse_in_formats(std::span<const std::byte> blob) {
    const auto heads = array_at<drm_format_modifier_blob>(blob, 0, 1);
    if (!heads)
        return malformed(std::format("It has {} bytes, fewer than its head.", blob.size()));
    const drm_format_modifier_blob& head = heads->front();
    if (head.version != FORMAT_BLOB_CURRENT)
        return malformed(
            std::format("Its version is {}, and not {}.", head.version, FORMAT_BLOB_CURRENT));
    const auto formats = array_at<__u32>(blob, head.formats_offset, head.count_formats);
    const auto modifiers =
        array_at<drm_format_modifier>(blob, head.modifiers_offset, head.count_modifiers);
    if (!formats || !modifiers)
        return malformed(std::format("Its {} end behind the {} bytes that it has.",
                                     formats ? "modifiers" : "formats", blob.size()));
    std::vector<FormatModifier> pairs;
    for (const drm_format_modifier& modifier : *modifiers) {
        for (unsigned bit = 0; bit < formats_of_a_modifier; ++bit) {
            if ((modifier.formats >> bit & 1U) == 0)
                continue;
            const std::size_t i = std::size_t{modifier.offset} + bit;
            if (i >= formats->size())
                return malformed(
                    std::format("A modifier is for format {}, and it has {}.", i, formats->size()));
            pairs.push_back({.format = (*formats)[i], .modifier = modifier.modifier});
        }
    }
    return pairs;
}

} // namespace heapsel
