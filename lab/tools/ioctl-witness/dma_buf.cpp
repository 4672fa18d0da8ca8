// SPDX-License-Identifier: LGPL-2.1-or-later
#include "call.hpp"
#include "json_line.hpp"
#include "state.hpp"

#include <cstring>
#include <linux/dma-buf.h>
#include <linux/dma-heap.h>
#include <linux/udmabuf.h>
#include <string_view>
#include <sys/mman.h>
#include <sys/sysmacros.h>

namespace witness {
namespace {

constexpr unsigned video4linux_major = 81;

void observe_heap_alloc(Call& call) {
    call.perform();
    const auto& allocation = call.as<dma_heap_allocation_data>();
    JsonLine line("heap_alloc");
    put_times(line, call);
    put_device(line, call.fd);
    line.number("size", uint64_t{allocation.len});
    put_inode(line, call.failed() ? 0 : dma_buf_inode(static_cast<int>(allocation.fd)));
    emit(line);
}

void observe_udmabuf(Call& call, std::string_view event) {
    call.perform();
    JsonLine line(event);
    put_times(line, call);
    put_device(line, call.fd);
    put_inode(line, call.failed() ? 0 : dma_buf_inode(call.result));
    emit(line);
}

void observe_sync(Call& call) {
    call.perform();
    if (!worth_recording(call))
        return;
    const uint64_t flags = call.as<dma_buf_sync>().flags;
    JsonLine line("dma_buf_sync");
    put_times(line, call);
    put_inode(line, dma_buf_inode(call.fd));
    line.text("phase", (flags & DMA_BUF_SYNC_END) != 0 ? "end" : "start");
    line.boolean("read", (flags & DMA_BUF_SYNC_READ) != 0);
    line.boolean("write", (flags & DMA_BUF_SYNC_WRITE) != 0);
    emit(line);
}

void observe_name(Call& call) {
    call.perform();
    const auto* name = static_cast<const char*>(call.arg);
    JsonLine line("dma_buf_name");
    put_times(line, call);
    put_inode(line, dma_buf_inode(call.fd));
    line.text("name", {name, strnlen(name, DMA_BUF_NAME_LEN)});
    emit(line);
}

} // namespace

bool observe_dma_buf(Call& call) {
    // Compared one by one: the size of the argument in DMA_BUF_SET_NAME differs by word size.
    if (call.request == static_cast<uint32_t>(DMA_HEAP_IOCTL_ALLOC))
        observe_heap_alloc(call);
    else if (call.request == static_cast<uint32_t>(UDMABUF_CREATE))
        observe_udmabuf(call, "udmabuf_create");
    else if (call.request == static_cast<uint32_t>(UDMABUF_CREATE_LIST))
        observe_udmabuf(call, "udmabuf_create_list");
    else if (call.request == static_cast<uint32_t>(DMA_BUF_IOCTL_SYNC))
        observe_sync(call);
    else if (call.request == static_cast<uint32_t>(DMA_BUF_SET_NAME_A) ||
             call.request == static_cast<uint32_t>(DMA_BUF_SET_NAME_B))
        observe_name(call);
    else
        return false;
    return true;
}

void observe_mmap(int fd, uint64_t length, int protection, uint64_t offset) {
    const uint64_t inode = dma_buf_inode(fd);
    const unsigned device = inode ? 0 : major(device_number(fd));
    if (!inode && device != video4linux_major && device != drm_major)
        return;
    Call call{.fd = fd, .request = 0, .arg = nullptr, .real = nullptr, .errno_before = 0};
    call.t0 = call.t1 = monotonic_ns();
    JsonLine line("mmap");
    put_times(line, call);
    if (inode)
        line.number("inode", inode);
    else
        put_device(line, fd);
    line.number("offset", offset).number("length", length);
    line.boolean("read", (protection & PROT_READ) != 0);
    line.boolean("write", (protection & PROT_WRITE) != 0);
    emit(line);
}

} // namespace witness
