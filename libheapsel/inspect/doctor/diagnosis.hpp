// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include <heapsel/consumer.hpp>
#include <heapsel/device_node.hpp>
#include <heapsel/error.hpp>
#include <heapsel/policy.hpp>

namespace heapsel {

enum class Condition : std::uint8_t {
    ok,
    problem, ///< It keeps the user from allocating, or a device from using what is allocated.
    unknown, ///< It could not be found out.
    note     ///< It keeps nobody from allocating; some program, or what is measured, suffers.
};
[[nodiscard]] std::string_view to_string(Condition condition);

/// One thing that can keep a user from allocating, and how it is with it. Texts are printable.
struct Check {
    std::string subject; ///< A word: "kernel", "node", "permission", "size", "room", ...
    Condition condition = Condition::unknown; ///< How it is.
    std::string finding;                      ///< What was found, as a full sentence.
    std::string hint;                         ///< What to do, as a full sentence; may be empty.
    std::vector<std::string> commands;        ///< That do it, to be pasted into a shell one by one.
    friend bool operator==(const Check&, const Check&) = default;
};

/// What somebody wants to allocate.
struct Wish {
    Policy policy;           ///< With the size of the largest buffer; 0 where nobody knows yet.
    std::uint64_t count = 1; ///< How many buffers at a time.
    std::vector<Consumer> consumers = {}; ///< Who must be able to use them.
};

/// Looks for what keeps this process from that on the machine whose files stand under `root`: the
/// kernel, the nodes, permissions, sizes, room and who has taken it, limits of cgroups and
/// descriptors, devices. Of a recorded tree permissions and descriptors stay unknown.
///
/// ENOENT: `policy.heap` names no heap of the machine; the hint suggests the nearest name.
[[nodiscard]] Result<std::vector<Check>>
diagnose(const Wish& wish, const std::filesystem::path& root = "/", Ask ask = Ask::drivers);

} // namespace heapsel
