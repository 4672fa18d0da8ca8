// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

namespace heapsel {

/// A node of a flattened tree has no status, or its first is "okay" or "ok".
[[nodiscard]] bool is_enabled(const void* blob, int node);

} // namespace heapsel
