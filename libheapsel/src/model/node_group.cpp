// SPDX-License-Identifier: LGPL-2.1-or-later
#include "model/node_group.hpp"

#include <sys/stat.h>

namespace heapsel {

std::optional<std::uint32_t> reading_group(const std::optional<NodeMode>& mode) {
    const bool reads = mode && mode->group != 0 && (mode->mode & S_IRGRP) != 0;
    return reads ? std::optional(mode->group) : std::nullopt;
}

} // namespace heapsel
