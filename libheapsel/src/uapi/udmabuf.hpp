// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstddef>
#include <string_view>

#include <heapsel/error.hpp>
#include <heapsel/unique_fd.hpp>

namespace heapsel::uapi {

/// A close-on-exec dma-buf over `size` bytes of memory of its own, rounded up to whole pages:
/// UDMABUF_CREATE on `device_fd`, of a memfd that can no longer shrink. `name` is the memfd's.
[[nodiscard]] Result<UniqueFd> udmabuf_create(int device_fd, std::size_t size,
                                              std::string_view name);

} // namespace heapsel::uapi
