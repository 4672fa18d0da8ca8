// SPDX-License-Identifier: LGPL-2.1-or-later
#include <heapsel/c/pool.h>

#include <format>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "c/call.hpp"
#include "c/handles.hpp"
#include "c/values.hpp"

using namespace heapsel;

namespace {

std::string subject_of(const heapsel_lease& lease, std::size_t buffer) {
    return std::format("dma-buf {} of frame {}", buffer, lease.value.index());
}

Result<void> begin_access(heapsel_lease& lease, std::size_t buffer, Access access, Fences fences,
                          void** address) {
    if (buffer >= lease.accesses.size())
        return std::unexpected(
            c_api::bad_argument("heapsel_lease_begin_access", "buffer",
                                std::format("The frame has {} of them.", lease.accesses.size())));
    auto& open = lease.accesses[buffer];
    if (open)
        return std::unexpected(c_api::begun_already(subject_of(lease, buffer)));
    return lease.value.begin_access(access, fences, buffer).transform([&](CpuAccess&& begun) {
        open = std::move(begun);
        if (address != nullptr)
            *address = open->bytes().data();
    });
}

} // namespace

std::size_t heapsel_lease_index(const heapsel_lease* lease) {
    return lease == nullptr ? 0 : lease->value.index();
}

std::uint64_t heapsel_lease_serial(const heapsel_lease* lease) {
    return lease == nullptr ? 0 : lease->value.serial();
}

const heapsel_layout* heapsel_lease_layout(const heapsel_lease* lease) {
    return lease == nullptr ? nullptr : &lease->layout;
}

int heapsel_lease_fd(heapsel_lease* lease, std::size_t buffer) {
    return lease == nullptr ? -1 : lease->value.fd(buffer);
}

int heapsel_lease_begin_access(heapsel_lease* lease, std::size_t buffer, heapsel_access access,
                               heapsel_fences fences, void** address, heapsel_error** error) {
    constexpr const char* function = "heapsel_lease_begin_access";
    if (address != nullptr)
        *address = nullptr;
    return c_api::call(function, error, {{"lease", lease}}, [&]() -> Result<void> {
        const auto wanted = c_api::checked(access, c_api::all_accesses, function, "access");
        if (!wanted)
            return std::unexpected(wanted.error());
        return c_api::checked(fences, c_api::all_fences, function, "fences")
            .and_then([&](Fences known) {
                return begin_access(*lease, buffer, *wanted, known, address);
            });
    });
}

int heapsel_lease_end_access(heapsel_lease* lease, std::size_t buffer, heapsel_error** error) {
    return c_api::call(__func__, error, {{"lease", lease}}, [&]() -> Result<void> {
        if (buffer >= lease->accesses.size() || !lease->accesses[buffer])
            return std::unexpected(c_api::not_begun(subject_of(*lease, buffer)));
        return std::exchange(lease->accesses[buffer], std::nullopt)->end();
    });
}

void heapsel_lease_release(heapsel_lease* lease, heapsel_fences fences) {
    const std::unique_ptr<heapsel_lease> freed(lease);
    const auto release = [&]() -> Result<void> {
        lease->accesses.clear();
        lease->value.release(c_api::value_of(fences, c_api::all_fences).value_or(Fences::unknown));
        return {};
    };
    static_cast<void>(c_api::call(__func__, nullptr, {{"lease", lease}}, release));
}
