// SPDX-License-Identifier: LGPL-2.1-or-later
//
// kms-accepts: imports a buffer of each heap into a display and makes it a framebuffer, and prints
// the heaps with which that succeeds, one a line.

#include "display.hpp"

#include <CLI/CLI.hpp>
#include <cstring>
#include <filesystem>
#include <print>
#include <set>
#include <string>

namespace {

/// 0 or an errno value.
int try_heap(const board::Heap& heap, const board::Display& display) {
    const board::Dumb frame{.width = display.width(),
                            .height = display.height(),
                            .pitch = display.width() * 4,
                            .size = std::uint64_t{display.width()} * display.height() * 4};
    const auto buffer = heap.allocate(frame.size);
    if (!buffer) {
        std::println(stderr, "{}: {}", heap.name(), std::strerror(buffer.error()));
        std::exit(2);
    }
    board::Dumb imported = frame;
    if (const auto handle = display.imported(buffer->get()))
        imported.handle = *handle;
    else
        return handle.error();
    const auto framebuffer = display.add_framebuffer(imported);
    const int removed =
        framebuffer ? display.remove_framebuffer(*framebuffer) : framebuffer.error();
    const int closed = display.close(imported.handle);
    return removed != 0 ? removed : closed;
}

} // namespace

int main(int argc, char** argv) {
    std::string node;
    CLI::App app("Names the heaps whose buffers a display takes for a framebuffer.");
    app.add_option("node", node)->required();
    CLI11_PARSE(app, argc, argv);

    const board::Display display(node);
    std::set<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator("/dev/dma_heap"))
        names.insert(entry.path().filename());
    for (const std::string& name : names) {
        if (const int error = try_heap(board::Heap(name), display))
            std::println(stderr, "{}: {}", name, std::strerror(error));
        else
            std::println("{}", name);
    }
}
