// SPDX-License-Identifier: LGPL-2.1-or-later
#include <heapsel/c/accounting.h>

#include <array>

#include "c/call.hpp"
#include "c/handles.hpp"
#include "c/values.hpp"

using namespace heapsel;
using c_api::from_c;

namespace {

constexpr std::array all_controllers{Controller::none, Controller::memcg, Controller::dmem};

} // namespace

int heapsel_heap_read_accounting(const heapsel_heap* heap, heapsel_accounting** accounting,
                                 heapsel_error** error) {
    if (accounting != nullptr)
        *accounting = nullptr;
    return c_api::call(
        __func__, error, {{"heap", heap}, {"accounting", accounting}}, [&]() -> Result<void> {
            *accounting = c_api::to_c(new Accounting(read_accounting(*from_c(heap))));
            return {};
        });
}

void heapsel_accounting_free(heapsel_accounting* accounting) {
    delete from_c(accounting);
}

heapsel_controller heapsel_accounting_controller(const heapsel_accounting* accounting) {
    if (accounting == nullptr || !from_c(accounting)->controller)
        return HEAPSEL_CONTROLLER_UNKNOWN;
    return c_api::number_of<heapsel_controller>(*from_c(accounting)->controller);
}

const char* heapsel_accounting_region(const heapsel_accounting* accounting) {
    const bool known = accounting != nullptr && from_c(accounting)->region;
    return known ? from_c(accounting)->region->c_str() : nullptr;
}

const char* heapsel_accounting_unknown_because(const heapsel_accounting* accounting) {
    return accounting == nullptr ? nullptr : from_c(accounting)->unknown_because.c_str();
}

const char* heapsel_controller_text(heapsel_controller controller) {
    return controller == HEAPSEL_CONTROLLER_UNKNOWN ? "unknown"
                                                    : c_api::word_of(controller, all_controllers);
}

static_assert(c_api::are(all_controllers, {HEAPSEL_CONTROLLER_NONE, HEAPSEL_CONTROLLER_MEMCG,
                                           HEAPSEL_CONTROLLER_DMEM}));
