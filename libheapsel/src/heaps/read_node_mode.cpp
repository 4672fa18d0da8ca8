// SPDX-License-Identifier: LGPL-2.1-or-later
#include "heaps/read_node_mode.hpp"

#include <sys/stat.h>

namespace heapsel {

std::optional<NodeMode> read_node_mode(const std::filesystem::path& path) {
    struct stat status{};
    if (::stat(path.c_str(), &status) != 0)
        return std::nullopt;
    return NodeMode{.user = status.st_uid, .group = status.st_gid, .mode = status.st_mode & 07777U};
}

} // namespace heapsel
