// SPDX-License-Identifier: LGPL-2.1-or-later
#include <heapsel/c/binding.h>

#include <utility>

#include "c/call.hpp"
#include "c/handles.hpp"
#include "c/values.hpp"

using namespace heapsel;
using c_api::from_c;

int heapsel_binding_read(const char* folder, heapsel_role role, heapsel_binding** binding,
                         heapsel_error** error) {
    if (binding != nullptr)
        *binding = nullptr;
    return c_api::call(
        __func__, error, {{"folder", folder}, {"binding", binding}}, [&]() -> Result<void> {
            const auto wanted = c_api::checked(role, all_roles, "heapsel_binding_read", "role");
            if (!wanted)
                return std::unexpected(wanted.error());
            return read_binding(folder, *wanted).transform([&](Binding&& read) {
                *binding = c_api::to_c(new Binding(std::move(read)));
            });
        });
}

int heapsel_binding_write(const char* folder, heapsel_role role, const char* const* heaps,
                          std::size_t count, bool or_driver, heapsel_binding** binding,
                          heapsel_error** error) {
    constexpr const char* function = "heapsel_binding_write";
    if (binding != nullptr)
        *binding = nullptr;
    return c_api::call(function, error, {{"folder", folder}}, [&]() -> Result<void> {
        const auto wanted = c_api::checked(role, all_roles, function, "role");
        if (!wanted)
            return std::unexpected(wanted.error());
        const auto names = c_api::strings(heaps, count, function, "heaps");
        if (!names)
            return std::unexpected(names.error());
        return bind_heaps(folder, *wanted, *names, or_driver).transform([&](Binding&& bound) {
            if (binding != nullptr)
                *binding = c_api::to_c(new Binding(std::move(bound)));
        });
    });
}

void heapsel_binding_free(heapsel_binding* binding) {
    delete from_c(binding);
}

std::size_t heapsel_binding_heap_count(const heapsel_binding* binding) {
    return binding == nullptr ? 0 : from_c(binding)->heaps.size();
}

const char* heapsel_binding_heap(const heapsel_binding* binding, std::size_t index) {
    const auto* const name =
        binding == nullptr ? nullptr : c_api::at(from_c(binding)->heaps, index);
    return name == nullptr ? nullptr : name->c_str();
}

bool heapsel_binding_or_driver(const heapsel_binding* binding) {
    return binding != nullptr && from_c(binding)->or_driver;
}

std::size_t heapsel_binding_usable_count(const heapsel_binding* binding) {
    return binding == nullptr ? 0 : from_c(binding)->usable.size();
}

const char* heapsel_binding_usable(const heapsel_binding* binding, std::size_t index) {
    const auto* const name =
        binding == nullptr ? nullptr : c_api::at(from_c(binding)->usable, index);
    return name == nullptr ? nullptr : name->c_str();
}

const char* heapsel_role_text(heapsel_role role) {
    return c_api::word_of(role, all_roles);
}

static_assert(c_api::are(all_roles,
                         {HEAPSEL_ROLE_FRAME, HEAPSEL_ROLE_REFERENCE, HEAPSEL_ROLE_METADATA}));
