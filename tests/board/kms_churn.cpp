// SPDX-License-Identifier: LGPL-2.1-or-later
//
// kms-churn: makes and frees dumb buffers of a display, one after the other, and writes all over
// each if it is told to. Or makes one, and clears it so often through its mapping.

#include "display.hpp"

#include <CLI/CLI.hpp>
#include <cstring>
#include <print>
#include <string>

namespace {

/// 0 or an errno value.
int write(const board::Display& display, const board::Dumb& dumb) {
    const auto mapping = display.mapped(dumb);
    if (!mapping)
        return mapping.error();
    std::memset(mapping->data(), 0xa5, dumb.size);
    return 0;
}

/// 0 or an errno value.
int once(const board::Display& display, std::uint32_t width, std::uint32_t height, bool written) {
    const auto dumb = display.create(width, height);
    if (!dumb)
        return dumb.error();
    const int error = written ? write(display, *dumb) : 0;
    const int closed = display.close(dumb->handle);
    return error != 0 ? error : closed;
}

/// 0 or an errno value.
int clear(const board::Display& display, std::uint32_t width, std::uint32_t height,
          unsigned count) {
    const auto dumb = display.create(width, height);
    if (!dumb)
        return dumb.error();
    const auto mapping = display.mapped(*dumb);
    if (!mapping)
        return mapping.error();
    for (unsigned i = 0; i < count; ++i)
        std::memset(mapping->data(), 0, dumb->size);
    return display.close(dumb->handle);
}

} // namespace

int main(int argc, char** argv) {
    std::string node;
    unsigned count = 0;
    std::uint32_t width = 0;
    std::uint32_t height = 0;
    bool written = false;
    bool cleared = false;
    CLI::App app("Makes and frees dumb buffers.");
    app.add_option("node", node)->required();
    app.add_option("count", count)->required();
    app.add_option("width", width)->required();
    app.add_option("height", height)->required();
    auto* const write_flag = app.add_flag("--write", written);
    app.add_flag("--clear", cleared, "one buffer, so often")->excludes(write_flag);
    CLI11_PARSE(app, argc, argv);

    const board::Display display(node);
    if (cleared) {
        const int error = clear(display, width, height, count);
        if (error != 0)
            std::println(stderr, "{}: a dumb buffer: {}", node, std::strerror(error));
        return error != 0 ? 1 : 0;
    }
    for (unsigned i = 0; i < count; ++i) {
        if (const int error = once(display, width, height, written)) {
            std::println(stderr, "{}: dumb buffer {}: {}", node, i, std::strerror(error));
            return 1;
        }
    }
}
