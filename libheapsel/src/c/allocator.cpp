// SPDX-License-Identifier: LGPL-2.1-or-later
#include <heapsel/c/allocator.h>

#include <memory>
#include <utility>

#include "c/call.hpp"
#include "c/handles.hpp"

using namespace heapsel;

int heapsel_allocator_create(const heapsel_selection* selection, heapsel_allocator** allocator,
                             heapsel_error** error) {
    return c_api::make(
        __func__, error, allocator, {{"selection", selection}, {"allocator", allocator}}, [&] {
            return Allocator::create(selection->value).transform([](Allocator&& made) {
                return heapsel_allocator{std::make_shared<const Allocator>(std::move(made))};
            });
        });
}

void heapsel_allocator_free(heapsel_allocator* allocator) {
    delete allocator;
}

int heapsel_allocator_allocate(const heapsel_allocator* allocator, std::size_t size,
                               const char* name, heapsel_buffer** buffer, heapsel_error** error) {
    return c_api::make(
        __func__, error, buffer, {{"allocator", allocator}, {"buffer", buffer}},
        [&] { return allocator->value->allocate(size, name == nullptr ? "" : name); });
}
