// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tree/flat_tree.hpp"

#include <algorithm>
#include <cerrno>
#include <string>

#include <libfdt.h>

namespace heapsel {

std::unexpected<Error> malformed_tree(int code, std::string_view why) {
    return std::unexpected(Error{.code = code,
                                 .operation = "read the device tree",
                                 .subject = "a flattened tree",
                                 .hint = "The blob is malformed: " + std::string(why) + "."});
}

Result<FlatTree> FlatTree::open(std::span<const std::byte> bytes) {
    // What is shorter than a header libfdt refuses without reading it.
    std::vector<std::uint64_t> storage((bytes.size() / sizeof(std::uint64_t)) + 1);
    std::ranges::copy(bytes, std::as_writable_bytes(std::span(storage)).begin());
    if (const int status = fdt_check_full(storage.data(), bytes.size()); status != 0)
        return malformed_tree(EINVAL, fdt_strerror(status));
    return FlatTree(std::move(storage));
}

} // namespace heapsel
