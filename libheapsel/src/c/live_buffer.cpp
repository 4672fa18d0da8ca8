// SPDX-License-Identifier: LGPL-2.1-or-later
#include <heapsel/c/live_buffer.h>

#include <string>

#include "c/call.hpp"
#include "c/handles.hpp"
#include "c/values.hpp"

using namespace heapsel;

namespace {

const LiveBuffer* buffer_of(const heapsel_live_buffers* buffers, std::size_t index) {
    return buffers == nullptr ? nullptr : c_api::at(buffers->value, index);
}

} // namespace

int heapsel_live_buffers_list(const char* root, heapsel_live_buffers** buffers,
                              heapsel_error** error) {
    return c_api::make(__func__, error, buffers, {{"buffers", buffers}},
                       [&] { return list_live_buffers(c_api::root_of(root)); });
}

void heapsel_live_buffers_free(heapsel_live_buffers* buffers) {
    delete buffers;
}

std::size_t heapsel_live_buffers_count(const heapsel_live_buffers* buffers) {
    return buffers == nullptr ? 0 : buffers->value.size();
}

std::uint64_t heapsel_live_buffers_inode(const heapsel_live_buffers* buffers, std::size_t index) {
    const LiveBuffer* const buffer = buffer_of(buffers, index);
    return buffer == nullptr ? 0 : buffer->inode;
}

std::uint64_t heapsel_live_buffers_size(const heapsel_live_buffers* buffers, std::size_t index) {
    const LiveBuffer* const buffer = buffer_of(buffers, index);
    return buffer == nullptr ? 0 : buffer->size;
}

const char* heapsel_live_buffers_exporter(const heapsel_live_buffers* buffers, std::size_t index) {
    const LiveBuffer* const buffer = buffer_of(buffers, index);
    return buffer == nullptr ? nullptr : buffer->exporter.c_str();
}

const char* heapsel_live_buffers_name(const heapsel_live_buffers* buffers, std::size_t index) {
    const LiveBuffer* const buffer = buffer_of(buffers, index);
    return buffer == nullptr ? nullptr : buffer->name.c_str();
}

std::size_t heapsel_live_buffers_device_count(const heapsel_live_buffers* buffers,
                                              std::size_t index) {
    const LiveBuffer* const buffer = buffer_of(buffers, index);
    return buffer == nullptr ? 0 : buffer->devices.size();
}

const char* heapsel_live_buffers_device(const heapsel_live_buffers* buffers, std::size_t index,
                                        std::size_t device) {
    const LiveBuffer* const buffer = buffer_of(buffers, index);
    const std::string* const name =
        buffer == nullptr ? nullptr : c_api::at(buffer->devices, device);
    return name == nullptr ? nullptr : name->c_str();
}
