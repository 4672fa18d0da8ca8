// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <memory>
#include <string>

#include <heapsel/heapsel.h>

namespace heapsel::test {

/// Frees what the C API gave with `free_it`.
template <auto free_it>
struct Free {
    void operator()(auto* object) const { free_it(object); }
};
template <typename Object, auto free_it>
using Owned = std::unique_ptr<Object, Free<free_it>>;

using OwnedError = Owned<heapsel_error, heapsel_error_free>;
using OwnedCatalog = Owned<heapsel_catalog, heapsel_catalog_free>;
using OwnedConsumer = Owned<heapsel_consumer, heapsel_consumer_free>;
using OwnedPolicy = Owned<heapsel_policy, heapsel_policy_free>;
using OwnedSelection = Owned<heapsel_selection, heapsel_selection_free>;
using OwnedAllocator = Owned<heapsel_allocator, heapsel_allocator_free>;
using OwnedBuffer = Owned<heapsel_buffer, heapsel_buffer_free>;
using OwnedLayout = Owned<heapsel_layout, heapsel_layout_free>;
using OwnedPool = Owned<heapsel_pool, heapsel_pool_free>;
/// Whoever frees it says nothing of its fences.
using OwnedLease = Owned<heapsel_lease, [](heapsel_lease* lease) {
    heapsel_lease_release(lease, HEAPSEL_FENCES_UNKNOWN);
}>;

/// What a call of the C API came to: "0", or "ERRNO: MESSAGE". Takes the error.
inline std::string outcome(int status, heapsel_error* error) {
    const OwnedError owned(error);
    if (status == 0)
        return error == nullptr ? "0" : "0, with an error";
    if (error == nullptr)
        return std::to_string(status) + " without an error";
    const bool same = status == -heapsel_error_code(error);
    return (same ? "" : "another code: ") + std::string(heapsel_error_message(error));
}

/// Calls `function` with `arguments` and a place for an error.
template <typename Function, typename... Arguments>
std::string calling(Function function, Arguments... arguments) {
    heapsel_error* error = nullptr;
    const int status = function(arguments..., &error);
    return outcome(status, error);
}

/// What `function` gives through its last argument but one; null, and a failed test, on an error.
template <typename Handle, typename Function, typename... Arguments>
Handle made_by(Function function, Arguments... arguments) {
    typename Handle::pointer made = nullptr;
    EXPECT_EQ(calling(function, arguments..., &made), "0");
    return Handle(made);
}

} // namespace heapsel::test
