// SPDX-License-Identifier: LGPL-2.1-or-later
#include "uapi/heap_accounting.hpp"

#include <format>

#include "uapi/heap_account.h"
#include "uapi/text_field.hpp"

namespace heapsel::uapi {

Accounting heap_accounting(std::uint32_t controller, std::span<const __u8> cgroup_region) {
    Accounting accounting;
    switch (controller) {
    case 0:
        accounting.controller = Controller::none;
        break;
    case DMA_HEAP_ACCOUNT_MEMCG:
        accounting.controller = Controller::memcg;
        break;
    case DMA_HEAP_ACCOUNT_DMEM:
        accounting.controller = Controller::dmem;
        accounting.region = text_of(cgroup_region);
        break;
    default:
        accounting.unknown_because =
            std::format("the driver says {}, which is none of 0, 1, 2", controller);
    }
    return accounting;
}

} // namespace heapsel::uapi
