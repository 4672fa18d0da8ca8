// SPDX-License-Identifier: LGPL-2.1-or-later
#include "inspect/process_buffer.hpp"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <iterator>
#include <memory>
#include <optional>
#include <tuple>
#include <utility>

#include "buffers/fdinfo.hpp"
#include "io/directory.hpp"
#include "io/file.hpp"

namespace heapsel {
namespace {

namespace fs = std::filesystem;

/// Nothing for what is no process: "self", "meminfo".
std::optional<std::uint32_t> process_id(const std::string& name) {
    std::uint32_t id = 0;
    const char* const end = std::to_address(name.end());
    const auto parsed = std::from_chars(name.data(), end, id);
    return parsed.ec == std::errc() && parsed.ptr == end ? std::optional(id) : std::nullopt;
}

std::string command_of(const fs::path& process) {
    auto text = read_file(process / "comm", max_fdinfo).value_or(std::string());
    if (text.ends_with('\n'))
        text.pop_back();
    return text;
}

ProcessBuffer held_by(std::uint32_t process, Dmabuf buffer) {
    return {.process = process,
            .command = {},
            .exporter = std::move(buffer.exporter),
            .inode = buffer.inode,
            .size = buffer.size,
            .name = std::move(buffer.name)};
}

/// A further descriptor of a buffer that `buffers` has already only counts.
void add(std::vector<ProcessBuffer>& buffers, ProcessBuffer buffer) {
    const auto same = std::ranges::find_if(buffers, [&](const ProcessBuffer& other) {
        return buffer.inode != 0 && other.inode == buffer.inode;
    });
    if (same != buffers.end())
        ++same->descriptors;
    else
        buffers.push_back(std::move(buffer));
}

/// Nothing if the process may not be looked into.
std::optional<std::vector<ProcessBuffer>> buffers_of(const fs::path& process, std::uint32_t id) {
    std::vector<ProcessBuffer> buffers;
    const fs::path directory = process / "fdinfo";
    const auto descriptors = list_directory(directory);
    if (!descriptors && descriptors.error().code == EACCES)
        return std::nullopt;
    for (const DirectoryEntry& entry : descriptors.value_or(std::vector<DirectoryEntry>())) {
        const auto text = read_file(directory / entry.name, max_fdinfo);
        auto buffer = text ? parse_fdinfo(*text) : std::nullopt;
        if (buffer)
            add(buffers, held_by(id, *std::move(buffer)));
    }
    if (buffers.empty())
        return buffers;
    const std::string command = command_of(process);
    for (ProcessBuffer& buffer : buffers)
        buffer.command = command;
    return buffers;
}

} // namespace

ProcessBuffers list_process_buffers(const fs::path& root) {
    ProcessBuffers held;
    const fs::path directory = root / "proc";
    const auto processes = list_directory(directory);
    for (const DirectoryEntry& entry : processes.value_or(std::vector<DirectoryEntry>())) {
        const auto id = process_id(entry.name);
        if (!id)
            continue;
        auto buffers = buffers_of(directory / entry.name, *id);
        if (!buffers) {
            ++held.unseen;
            continue;
        }
        std::ranges::move(*buffers, std::back_inserter(held.buffers));
    }
    std::ranges::sort(held.buffers, {}, [](const ProcessBuffer& buffer) {
        return std::tuple(buffer.process, buffer.inode, buffer.size);
    });
    return held;
}

} // namespace heapsel
