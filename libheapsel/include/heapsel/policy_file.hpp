// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstddef>
#include <expected>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <heapsel/error.hpp>
#include <heapsel/export.hpp>
#include <heapsel/policy.hpp>
#include <heapsel/policy_settings.hpp>
#include <heapsel/policy_target.hpp>
#include <heapsel/queue.hpp>

namespace heapsel {

/// A table of a policy file: whom it speaks of, and what it asks for.
struct PolicySection {
    std::string device;         ///< A driver, a card, a node or a link to one; empty: all devices.
    std::string use;            ///< The memory for this use; empty: all memories of the device.
    std::optional<Queue> queue; ///< The memory of this queue, whatever its use is.
    PolicySettings settings;    ///< What it asks for.

    /// It names none of the device's memories.
    [[nodiscard]] bool is_of_whole_device() const { return use.empty() && !queue; }
    friend bool operator==(const PolicySection&, const PolicySection&) = default;
};

/// A policy file. A value.
struct PolicyFile {
    std::string name;                    ///< As it was given to `parse_policy`; raw.
    std::vector<PolicySection> sections; ///< In the order of their lines; none without settings.
};

inline constexpr std::size_t max_policy_bytes = std::size_t{64} << 10U;

/// Reads TOML 1.0 of this shape, where each table and each key may be left out:
///
///     [default]                           # every device
///     require = ["contiguous"]            # the words of `parse_criteria`
///     prefer = ["non-ecc", "cached"]      # in order
///     heap = "linux,cma"                  # this one and no other, by name or alias
///     size = "12M"                        # of the largest buffer; or a number of bytes
///     fallback = "same-caching"           # or "any", or "none"
///     udmabuf = false                     # or true
///
///     [default.use.reference]             # one memory of every device
///     [device.rkvdec]                     # devices of this driver
///     [device."Camera 0"]                 # the V4L2 device with this card
///     [device."/dev/video0"]              # the device with this node, or this link to it
///     [device.rkvdec.use.capture]         # the name of a use, or capture or output for a queue
///
/// `file` is the name that errors and origins have. Pure, and it takes any bytes.
///
/// Each error is of EINVAL, its subject is "FILE:LINE:COLUMN" (from 1; columns count characters),
/// and the hint says what is wrong, and what there is instead. All are given, in the order of
/// their places: keys and tables that there are not, or in the wrong place; a value of the wrong
/// type, or none of those that there are; a criterion twice, or both ways. Drivers may have uses
/// that nobody here has heard of, so that only what looks like a common one misspelt is an error.
/// What is no TOML, which includes a key that is given twice, is one error, as nothing behind it
/// can be read. EFBIG, with `file` as its subject: more than `max_policy_bytes`.
[[nodiscard]] HEAPSEL_EXPORT std::expected<PolicyFile, std::vector<Error>>
parse_policy(std::string_view text, std::string_view file);

/// Puts what `file` asks for over `policy`, for a buffer that all of `targets` share; without
/// targets, what it asks for every device and every memory.
///
/// First goes what holds for every device, then what holds for a driver, a card, a node; of each,
/// first for the whole device, then for a use, then for a queue; of equals the later line is the
/// later. Of several targets the first one goes last, so that it decides.
HEAPSEL_EXPORT void apply(const PolicyFile& file, std::span<const PolicyTarget> targets,
                          Policy& policy);

} // namespace heapsel
