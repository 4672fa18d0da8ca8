// SPDX-License-Identifier: LGPL-2.1-or-later
#include <heapsel/c/held_buffer.h>

#include "c/call.hpp"
#include "c/handles.hpp"
#include "c/values.hpp"

using namespace heapsel;

namespace {

const HeldBuffer* buffer_of(const heapsel_held_buffers* buffers, std::size_t index) {
    return buffers == nullptr ? nullptr : c_api::at(buffers->value.buffers, index);
}

} // namespace

int heapsel_held_buffers_list(const char* root, heapsel_held_buffers** buffers,
                              heapsel_error** error) {
    return c_api::make(
        __func__, error, buffers, {{"buffers", buffers}},
        [&]() -> Result<HeldBuffers> { return list_held_buffers(c_api::root_of(root)); });
}

void heapsel_held_buffers_free(heapsel_held_buffers* buffers) {
    delete buffers;
}

std::size_t heapsel_held_buffers_unseen(const heapsel_held_buffers* buffers) {
    return buffers == nullptr ? 0 : buffers->value.unseen;
}

std::size_t heapsel_held_buffers_count(const heapsel_held_buffers* buffers) {
    return buffers == nullptr ? 0 : buffers->value.buffers.size();
}

std::uint32_t heapsel_held_buffers_process(const heapsel_held_buffers* buffers, std::size_t index) {
    const HeldBuffer* const buffer = buffer_of(buffers, index);
    return buffer == nullptr ? 0 : buffer->process;
}

const char* heapsel_held_buffers_command(const heapsel_held_buffers* buffers, std::size_t index) {
    const HeldBuffer* const buffer = buffer_of(buffers, index);
    return buffer == nullptr ? nullptr : buffer->command.c_str();
}

std::size_t heapsel_held_buffers_descriptors(const heapsel_held_buffers* buffers,
                                             std::size_t index) {
    const HeldBuffer* const buffer = buffer_of(buffers, index);
    return buffer == nullptr ? 0 : buffer->descriptors;
}

std::uint64_t heapsel_held_buffers_inode(const heapsel_held_buffers* buffers, std::size_t index) {
    const HeldBuffer* const buffer = buffer_of(buffers, index);
    return buffer == nullptr ? 0 : buffer->inode;
}

std::uint64_t heapsel_held_buffers_size(const heapsel_held_buffers* buffers, std::size_t index) {
    const HeldBuffer* const buffer = buffer_of(buffers, index);
    return buffer == nullptr ? 0 : buffer->size;
}

const char* heapsel_held_buffers_exporter(const heapsel_held_buffers* buffers, std::size_t index) {
    const HeldBuffer* const buffer = buffer_of(buffers, index);
    return buffer == nullptr ? nullptr : buffer->exporter.c_str();
}

const char* heapsel_held_buffers_name(const heapsel_held_buffers* buffers, std::size_t index) {
    const HeldBuffer* const buffer = buffer_of(buffers, index);
    return buffer == nullptr ? nullptr : buffer->name.c_str();
}
