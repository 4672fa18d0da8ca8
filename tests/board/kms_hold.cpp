// SPDX-License-Identifier: LGPL-2.1-or-later
//
// kms-hold: makes dumb buffers of the size of a display, writes all over them, prints how many
// there are or the error, and holds them until its input ends.

#include "display.hpp"

#include <CLI/CLI.hpp>
#include <cstring>
#include <print>
#include <string>
#include <unistd.h>
#include <vector>

namespace {

using board::Display;
using board::Dumb;

/// 0 or an errno value: zeroed, as all dumb buffers are, and what is written can be read.
int touch(const Display& display, const Dumb& dumb, int value) {
    const auto mapping = display.mapped(dumb);
    if (!mapping)
        return mapping.error();
    std::byte* const last = mapping->data() + dumb.size - 1;
    if (*mapping->data() != std::byte{0} || *last != std::byte{0})
        return EIO;
    std::memset(mapping->data(), value, dumb.size);
    return *last == static_cast<std::byte>(value) ? 0 : EIO;
}

/// 0 or an errno value.
int show(const Display& display, const Dumb& dumb) {
    const auto framebuffer = display.add_framebuffer(dumb);
    return framebuffer ? display.show(*framebuffer) : framebuffer.error();
}

void wait_for_the_end() {
    std::fflush(stdout);
    for (char c{}; read(STDIN_FILENO, &c, 1) > 0;) {
    }
}

} // namespace

int main(int argc, char** argv) {
    std::string node;
    unsigned count = 0;
    bool shown = false;
    CLI::App app("Holds dumb buffers of a display until its input ends.");
    app.add_option("node", node)->required();
    app.add_option("count", count)->required();
    app.add_flag("--show", shown, "the first, on the display");
    CLI11_PARSE(app, argc, argv);

    const Display display(node);
    std::vector<Dumb> buffers;
    while (buffers.size() < count) {
        const auto dumb = display.create(display.width(), display.height());
        if (!dumb) {
            std::println("{} {}", buffers.size(), strerrorname_np(dumb.error()));
            wait_for_the_end();
            return 1;
        }
        buffers.push_back(*dumb);
        if (const int error = touch(display, *dumb, static_cast<int>(buffers.size()))) {
            std::println(stderr, "{}: a dumb buffer: {}", node, std::strerror(error));
            return 2;
        }
    }
    if (const int error = shown ? show(display, buffers.at(0)) : 0) {
        std::println(stderr, "{}: showing it: {}", node, std::strerror(error));
        return 2;
    }
    std::println("{}", buffers.size());
    wait_for_the_end();
}
