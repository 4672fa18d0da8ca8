// SPDX-License-Identifier: LGPL-2.1-or-later
#include "inspect/flat_node.hpp"

#include <string_view>

#include <libfdt.h>

namespace heapsel {

bool is_enabled(const void* blob, int node) {
    const char* const status = fdt_stringlist_get(blob, node, "status", 0, nullptr);
    return status == nullptr || std::string_view(status) == "okay" ||
           std::string_view(status) == "ok";
}

} // namespace heapsel
