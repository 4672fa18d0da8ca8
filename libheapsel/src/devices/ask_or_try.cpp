// SPDX-License-Identifier: LGPL-2.1-or-later
#include "devices/ask_or_try.hpp"

#include <heapsel/pixel_format.hpp>
#include <heapsel/try_heaps.hpp>

#include "devices/device_node.hpp"

namespace heapsel {

Result<Consumer> ask_or_try(const std::filesystem::path& node, const Scanout& show,
                            std::span<const Heap> heaps) {
    const auto fd = open_card(node);
    if (!fd)
        return std::unexpected(fd.error());
    const int card = fd->get();
    return Consumer::drm(card, show.plane.id, show.format).transform([&](const Consumer& asked) {
        const auto& usable = asked.usable();
        if (!usable || usable->known())
            return asked;
        return asked.with_trials(try_heaps(card, show.plane.id, show.format, no_modifier, heaps));
    });
}

} // namespace heapsel
