// SPDX-License-Identifier: LGPL-2.1-or-later
#include "inspect/flat_tree.hpp"

#include <algorithm>
#include <cerrno>
#include <format>
#include <string>

#include <libfdt.h>

namespace heapsel {

std::unexpected<Error> malformed_tree(int code, std::string_view why) {
    return std::unexpected(
        Error{.code = code,
              .operation = "read the device tree",
              .subject = "a flattened tree",
              .hint = std::format("The blob is malformed: {}.{}", why,
                                  code == EINVAL ? " Make it anew (dtc), or copy it again." : "")});
}

std::unexpected<Error> no_board_tree(std::string_view hint) {
    return std::unexpected(Error{.code = EINVAL,
                                 .operation = "read the device tree",
                                 .subject = "a flattened tree",
                                 .hint = std::string(hint)});
}

namespace {

/// How a blob comes of what else people have at hand of a board; empty: it is none of these.
std::string_view other_form(std::span<const std::byte> bytes) {
    const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    if (text.empty())
        return "It is empty.";
    if (text.starts_with("\x1f\x8b"))
        return "It is compressed: gunzip it first.";
    if (text.starts_with("\xfd"
                         "7zXZ"))
        return "It is compressed: unxz it first.";
    if (text.starts_with("\x28\xb5\x2f\xfd"))
        return "It is compressed: unzstd it first.";
    if (text.starts_with("\x7f"
                         "ELF"))
        return "It is a program or a kernel (ELF): a device tree is a file .dtb beside it.";
    constexpr std::string_view blanks = " \t\r\n";
    const auto begin = text.find_first_not_of(blanks);
    const auto rest = begin == std::string_view::npos ? std::string_view() : text.substr(begin);
    if (rest.starts_with("/dts-v1/") || rest.starts_with("/*") || rest.starts_with("//") ||
        rest.starts_with("#include"))
        return "It is source text: make a blob of it first (dtc -O dtb).";
    return {};
}

} // namespace

Result<FlatTree> FlatTree::open(std::span<const std::byte> bytes) {
    // What is shorter than a header libfdt refuses without reading it.
    std::vector<std::uint64_t> storage((bytes.size() / sizeof(std::uint64_t)) + 1);
    std::ranges::copy(bytes, std::as_writable_bytes(std::span(storage)).begin());
    if (const int status = fdt_check_full(storage.data(), bytes.size()); status != 0)
        return other_form(bytes).empty() ? malformed_tree(EINVAL, fdt_strerror(status))
                                         : no_board_tree(other_form(bytes));
    return FlatTree(std::move(storage));
}

} // namespace heapsel
