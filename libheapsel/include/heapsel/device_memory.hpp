// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <optional>
#include <string>

#include <heapsel/binding.hpp>
#include <heapsel/usable_heaps.hpp>

namespace heapsel {

/// One of the memories of a device, and where it can come from. A value.
struct DeviceMemory {
    std::string use; ///< What it is for: "frame", "reference". Raw.
    /// What the driver says; else what the binding's file lists, which is for no format in
    /// particular.
    UsableHeaps usable;
    /// Another use, at the end of whose buffers it lies; empty where it has memory of its own. Raw.
    std::string part_of;
    std::optional<Binding> binding;      ///< What the use is bound to.
    std::string binding_unknown_because; ///< Empty where there is a binding.
};

} // namespace heapsel
