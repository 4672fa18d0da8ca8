// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <string>

namespace heapsel::test {

/// What the kernel says of a descriptor of a dma-buf.
inline std::string fdinfo(std::uint64_t inode, std::uint64_t size, const std::string& exporter,
                          const std::string& name) {
    std::string text = "pos:\t0\nflags:\t02000002\nmnt_id:\t14\nino:\t" + std::to_string(inode) +
                       "\nsize:\t" + std::to_string(size) + "\ncount:\t1\nexp_name:\t" + exporter +
                       "\n";
    return name.empty() ? text : text + "name:\t" + name + "\n";
}

} // namespace heapsel::test
