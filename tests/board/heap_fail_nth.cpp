// SPDX-License-Identifier: LGPL-2.1-or-later
//
// heap-fail-nth: makes the first, the second, ... the last allocation fail that the kernel makes
// for itself while a buffer is allocated, mapped, imported and freed. Each must end in a clean
// error, or be survived, and nothing may be left.

#include "fail_nth.hpp"
#include "heap.hpp"
#include "importers.hpp"

#include <CLI/CLI.hpp>
#include <cerrno>
#include <linux/dma-buf.h>
#include <string>
#include <sys/ioctl.h>
#include <vector>

namespace {

using board::Display;
using board::End;
using board::FailNth;
using board::Heap;
using board::Mapping;
using board::Queue;

int sync(int dma_buf, std::uint64_t flags) {
    dma_buf_sync sync{};
    sync.flags = flags | DMA_BUF_SYNC_RW;
    return ioctl(dma_buf, DMA_BUF_IOCTL_SYNC, &sync) == 0 ? 0 : errno;
}

/// A buffer's whole life up to the point where something fails.
End live(const Heap& heap, std::size_t size, Display& display, Queue& queue) {
    auto buffer = heap.allocate(size);
    if (!buffer)
        return {"allocate", buffer.error()};
    const auto mapping = Mapping::of(buffer->get(), size);
    if (!mapping)
        return {"mmap", mapping.error()};
    for (std::size_t at = 0; at < size; at += 4096)
        mapping->data()[at] = std::byte{1};
    if (const int error = display.import(buffer->get()))
        return {"attach and map", error};
    if (const int error = queue.enqueue(buffer->get()))
        return {"vmap", error};
    if (const int error = sync(buffer->get(), DMA_BUF_SYNC_START))
        return {"begin CPU access", error};
    if (const int error = sync(buffer->get(), DMA_BUF_SYNC_END))
        return {"end CPU access", error};
    return {};
}

} // namespace

int main(int argc, char** argv) {
    std::vector<std::string> names;
    CLI::App app("Fails every allocation of the kernel's in turn, over a buffer's whole life.");
    app.add_option("heaps", names)->required();
    CLI11_PARSE(app, argc, argv);

    const FailNth fail_nth;
    Display display;
    Queue queue;
    bool clean = true;
    for (const std::string& name : names) {
        const Heap heap(name);
        const board::Account account = board::fail_everywhere(
            fail_nth, {&heap}, board::no_memory, [&] { queue.prepare(); },
            [&] { return live(heap, queue.size(), display, queue); },
            [&] {
                display.forget();
                queue.forget();
            });
        account.print(heap.name());
        clean = clean && account.clean();
    }
    return clean ? 0 : 1;
}
