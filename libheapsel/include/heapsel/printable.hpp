// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <string>
#include <string_view>

#include <heapsel/export.hpp>

namespace heapsel {

/// `text` fit for a terminal, a log or JSON: every byte outside printable ASCII, and the backslash,
/// as `\xNN`. Heap names come from the kernel and from udev, and may hold any byte.
///
/// Messages, reasons and evidence that the library writes are printable already; names and paths in
/// its values are raw.
[[nodiscard]] HEAPSEL_EXPORT std::string printable(std::string_view text);

} // namespace heapsel
