// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <optional>
#include <string_view>

#include "inspect/process_buffer.hpp"

namespace heapsel {

/// What the fdinfo of a descriptor says of the dma-buf behind it; nothing if there is none. A user
/// may have put anything into the buffer's name, which stands last, so of a key that is there twice
/// the first counts. Process and command are left empty. Pure.
[[nodiscard]] std::optional<ProcessBuffer> parse_fdinfo(std::string_view text);

} // namespace heapsel
