// SPDX-License-Identifier: LGPL-2.1-or-later
//
// heap-touch: a buffer that is written and read a known number of times, for whoever counts.

#include "heap.hpp"

#include <CLI/CLI.hpp>
#include <cstring>
#include <print>

int main(int argc, char** argv) {
    std::string name;
    std::size_t size = 4096;
    unsigned writes = 0;
    unsigned reads = 0;
    CLI::App app("Allocates a buffer and goes through it, front to back.");
    app.add_option("heap", name)->required();
    app.add_option("--size", size, "bytes of the buffer, a multiple of 8")->capture_default_str();
    app.add_option("--writes", writes, "how many times it is cleared")->capture_default_str();
    app.add_option("--reads", reads, "how many times it is read")->capture_default_str();
    CLI11_PARSE(app, argc, argv);

    const board::Heap heap(name);
    const auto buffer = heap.allocate(size);
    const auto mapping = board::Mapping::of(buffer ? buffer->get() : -1, size);
    if (!mapping) {
        std::println(stderr, "{}: {}", name,
                     std::strerror(buffer ? mapping.error() : buffer.error()));
        return 1;
    }
    for (unsigned i = 0; i < writes; ++i) {
        std::memset(mapping->data(), 0, size);
        // Clearing what is clear already must not be left out.
        asm volatile("" : : "r"(mapping->data()) : "memory");
    }
    for (unsigned i = 0; i < reads; ++i)
        for (std::size_t at = 0; at < size; at += sizeof(std::uint64_t))
            static_cast<void>(*reinterpret_cast<volatile std::uint64_t*>(mapping->data() + at));
    return 0;
}
