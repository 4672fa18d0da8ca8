// SPDX-License-Identifier: LGPL-2.1-or-later
//
// kms-fail-nth: makes the first, the second, ... the last allocation fail that the kernel makes for
// itself while a display makes a dumb buffer, maps, exports and shows it, imports it and frees it.
// Each must end in a clean error, or be survived, and nothing may be left of the heaps.

#include "display.hpp"
#include "fail_nth.hpp"
#include "heap.hpp"

#include <CLI/CLI.hpp>
#include <cerrno>
#include <list>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace {

using board::Display;
using board::End;

End live(const Display& display, const Display& other) {
    const auto dumb = display.create(display.width(), display.height());
    if (!dumb)
        return {"DRM_IOCTL_MODE_CREATE_DUMB", dumb.error()};
    if (const auto mapping = display.mapped(*dumb); !mapping)
        return {"mmap", mapping.error()};
    else
        mapping->data()[0] = std::byte{1};
    const auto exported = display.exported(dumb->handle);
    if (!exported)
        return {"DRM_IOCTL_PRIME_HANDLE_TO_FD", exported.error()};
    if (const auto imported = other.imported(exported->get()); !imported)
        return {"DRM_IOCTL_PRIME_FD_TO_HANDLE", imported.error()};
    const auto framebuffer = display.add_framebuffer(*dumb);
    if (!framebuffer)
        return {"DRM_IOCTL_MODE_ADDFB", framebuffer.error()};
    if (const int error = display.show(*framebuffer))
        return {"DRM_IOCTL_MODE_SETCRTC", error};
    return {};
}

} // namespace

int main(int argc, char** argv) {
    std::string node;
    std::vector<std::string> names;
    CLI::App app("Fails every allocation of the kernel's in turn, over the life of a dumb buffer.");
    app.add_option("node", node)->required();
    app.add_option("heaps", names, "heaps of which nothing may be left")->required();
    CLI11_PARSE(app, argc, argv);

    const board::FailNth fail_nth;
    std::list<board::Heap> heaps;
    std::vector<const board::Heap*> watched;
    for (const std::string& name : names)
        watched.push_back(&heaps.emplace_back(name));

    // Closing is what frees, and opening is not what is looked at.
    std::optional<Display> display;
    std::optional<Display> other;
    // Each buffer object has a file of tmpfs, whose inode says ENOSPC where there is no memory for
    // it.
    std::set<int> clean = board::no_memory;
    clean.insert(ENOSPC);
    const board::Account account = board::fail_everywhere(
        fail_nth, watched, clean,
        [&] {
            display.emplace(node);
            other.emplace(node);
        },
        [&] { return live(*display, *other); },
        [&] {
            other.reset();
            display.reset();
        });
    account.print(node);
    return account.clean() ? 0 : 1;
}
