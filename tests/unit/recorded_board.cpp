// SPDX-License-Identifier: LGPL-2.1-or-later
#include "recorded_board.hpp"

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <span>
#include <stdexcept>
#include <string_view>
#include <utility>

#include "inspect/device_tree_blob.hpp"

namespace heapsel::test {
namespace {

namespace fs = std::filesystem;

fs::path directory_named_by(const char* variable) {
    const char* const value = std::getenv(variable);
    if (value == nullptr)
        throw std::runtime_error(std::string(variable) + " is not set; run the test through Meson");
    return value;
}

/// The lines "FILE VALUE" of a fixture's file, which may be absent.
std::vector<std::pair<std::string, std::string>> recorded_files(const fs::path& list) {
    std::vector<std::pair<std::string, std::string>> files;
    std::ifstream lines(list);
    for (std::string line; std::getline(lines, line);) {
        if (const auto blank = line.find(' '); !line.starts_with('#') && blank != std::string::npos)
            files.emplace_back(line.substr(0, blank), line.substr(blank + 1));
    }
    return files;
}

void write(const TemporaryDirectory& root, const fs::path& directory, const DeviceTreeNode& node) {
    root.make_directory(directory);
    for (const auto& [name, bytes] : node.properties)
        root.write(directory / name, bytes);
    for (const DeviceTreeNode& child : node.children)
        write(root, directory / child.name, child);
}

} // namespace

RecordedBoard::RecordedBoard(const std::string& board) {
    const fs::path fixture = directory_named_by("HEAPSEL_FIXTURES") / board;
    for (const std::string& heap : recorded_heaps(board))
        directory_.write("dev/dma_heap/" + heap);
    directory_.make_directory("sys/firmware");
    fs::copy_file(directory_named_by("HEAPSEL_BLOBS") / (board + ".dtb"),
                  root() / "sys/firmware/fdt");
    if (fs::exists(fixture / "cmdline")) {
        directory_.make_directory("proc");
        fs::copy_file(fixture / "cmdline", root() / "proc/cmdline");
    }
    for (const auto& [file, value] : recorded_files(fixture / "cma"))
        directory_.write("sys/kernel/mm/cma/" + file, value + "\n");
    for (const auto& [file, value] : recorded_files(fixture / "heap-class"))
        add("sys/class/dma_heap/" + file, value);
    for (const auto& [file, value] : recorded_files(fixture / "devices"))
        add("sys/" + file, value);
}

void RecordedBoard::unflatten() const {
    std::ifstream file(root() / "sys/firmware/fdt", std::ios::binary);
    const std::string blob{std::istreambuf_iterator<char>(file), {}};
    const DeviceTreeNode tree = parse_device_tree(std::as_bytes(std::span(blob))).value();
    write(directory_, "sys/firmware/devicetree/base", tree);
    fs::remove(root() / "sys/firmware/fdt");
}

void RecordedBoard::add_facts() const {
    directory_.make_directory("usr/share/heapsel");
    fs::copy(directory_named_by("HEAPSEL_FACTS"), root() / "usr/share/heapsel/heaps.d");
}

void RecordedBoard::add(const fs::path& path, const std::string& value) const {
    constexpr std::string_view arrow = "-> ";
    if (!value.starts_with(arrow)) {
        directory_.write(path, value + "\n");
        return;
    }
    directory_.make_directory(path.parent_path());
    fs::create_symlink(value.substr(arrow.size()), root() / path);
}

std::vector<std::string> recorded_heaps(const std::string& board) {
    std::ifstream list(directory_named_by("HEAPSEL_FIXTURES") / board / "heaps");
    std::vector<std::string> heaps;
    for (std::string line; std::getline(list, line);) {
        if (!line.starts_with('#'))
            heaps.push_back(line);
    }
    if (heaps.empty())
        throw std::runtime_error("no heaps are recorded for " + board);
    return heaps;
}

} // namespace heapsel::test
