// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <heapsel/role.hpp>

namespace heapsel::tools {

enum class Verb : std::uint8_t { list, devices, explain, alloc, bind };

/// What the command line asks for, before any of it is judged.
struct Options {
    Verb verb = Verb::list;
    std::filesystem::path root = "/";
    bool json = false;
    bool evidence = false;
    bool hold = false;
    std::string require;
    std::string prefer;
    std::optional<std::string> heap;
    std::size_t size = 0; ///< In bytes; 0: not given.
    std::string name = "heapsel";
    std::size_t count = 1;
    std::vector<std::string> devices; ///< For bind, one.
    bool try_heaps = false;           ///< With displays that cannot be asked.
    Role role = Role::frame;
    std::vector<std::string> heaps; ///< To bind; none: unbind.
    bool or_driver = false;
};

/// Reads the arguments. The error is an exit status: help, version and usage errors have been
/// printed by then.
[[nodiscard]] std::expected<Options, int> parse_options(int argc, const char* const* argv);

} // namespace heapsel::tools
