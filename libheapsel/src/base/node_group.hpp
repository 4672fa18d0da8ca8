// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <string_view>

namespace heapsel {

/// Of "root:video 0660": the group, if it is not root and may read; else empty. Pure.
[[nodiscard]] std::string_view reading_group(std::string_view node_mode);

} // namespace heapsel
