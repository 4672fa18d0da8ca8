// SPDX-License-Identifier: LGPL-2.1-or-later
#include "heaps/machine.hpp"

#include <algorithm>
#include <cerrno>
#include <format>
#include <iterator>
#include <span>
#include <system_error>
#include <utility>

#include <sys/utsname.h>
#include <unistd.h>

#include <heapsel/printable.hpp>

#include "facts/fact_sources.hpp"
#include "io/attribute.hpp"
#include "io/file.hpp"

namespace heapsel {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t max_command_line = std::size_t{64} << 10U;

Result<DeviceTreeNode> read_blob(const fs::path& path) {
    if (blob_reader == nullptr)
        return std::unexpected(
            Error{.code = ENOTSUP,
                  .operation = "read the device tree",
                  .subject = path.native(),
                  .hint = "A program reads it as a directory (sys/firmware/devicetree/base) alone; "
                          "the command heapsel reads it as a blob, too."});
    const auto blob = read_file(path, max_device_tree_blob);
    if (!blob)
        return std::unexpected(blob.error());
    auto tree = blob_reader(std::as_bytes(std::span(*blob)));
    if (!tree)
        tree.error().subject = path.native();
    return tree;
}

bool directory_exists(const fs::path& path) {
    std::error_code failure;
    return fs::symlink_status(path, failure).type() == fs::file_type::directory;
}

bool is_present(const fs::path& path) {
    std::error_code failure;
    return fs::symlink_status(path, failure).type() != fs::file_type::not_found;
}

/// Nothing where there is no tree at all. /proc/device-tree is a symbolic link on a live machine,
/// and absolute: in a recording it would lead out of it, so only a true directory counts.
std::optional<Result<DeviceTreeNode>> read_tree(const fs::path& root) {
    for (const char* const place : {"sys/firmware/devicetree/base", "proc/device-tree"}) {
        if (directory_exists(root / place))
            return read_device_tree(root / place);
    }
    if (const auto blob = root / "sys/firmware/fdt"; is_present(blob))
        return read_blob(blob);
    return std::nullopt;
}

std::string kernel_release(const fs::path& root) {
    if (!is_live(root))
        return read_attribute(root / "proc/sys/kernel/osrelease").value_or(std::string());
    utsname names{};
    return ::uname(&names) == 0 ? std::string(&names.release[0]) : std::string();
}

} // namespace

const CmaArea* Machine::area(std::string_view name) const {
    const auto found = std::ranges::find(cma_areas, name, &CmaArea::name);
    return found == cma_areas.end() ? nullptr : &*found;
}

const HeapDirectory* Machine::sysfs_entries(std::string_view name) const {
    const auto found = std::ranges::find(heap_directories, name, &HeapDirectory::name);
    return found == heap_directories.end() ? nullptr : &*found;
}

std::optional<std::uint64_t> Machine::area_size(std::string_view name) const {
    const CmaArea* const found = area(name);
    if (found == nullptr || !page_size)
        return std::nullopt;
    return in_bytes(found->total_pages, *page_size);
}

bool is_live(const fs::path& root) {
    if (root == "/")
        return true;
    std::error_code failure;
    return fs::equivalent(root, "/", failure);
}

bool hides_tree(const fs::path& root) {
    std::error_code failure;
    return fs::is_symlink(root / "proc/device-tree", failure) &&
           !is_present(root / "sys/firmware/devicetree/base") &&
           !is_present(root / "sys/firmware/fdt");
}

Machine read_machine(const fs::path& root) {
    Machine machine;
    if (auto tree = read_tree(root); tree && *tree) {
        machine.tree = TreeState::read;
        machine.memory = memory_map(**tree);
        machine.compatible = (*tree)->texts("compatible");
        machine.warnings = std::move(machine.memory.warnings);
    } else if (tree) {
        machine.tree = TreeState::unreadable;
        machine.warnings.push_back(tree->error().message());
    }
    if (hides_tree(root)) {
        machine.tree = TreeState::unreadable;
        machine.warnings.push_back(
            std::format("The machine has a device tree, and {} does not show it: which memory is "
                        "reserved, and which has ECC, stays unknown. A container has to be started "
                        "with it (docker run --security-opt systempaths=unconfined, podman run "
                        "--security-opt unmask=/sys/firmware).",
                        printable((root / "sys/firmware").native())));
    }
    if (const auto line = read_file(root / "proc/cmdline", max_command_line); line) {
        machine.command_line_known = true;
        machine.cma = cma_parameter(*line);
    }
    machine.cma_areas = read_cma_areas(root);
    auto directories = read_heap_directories(root);
    machine.heap_directories = std::move(directories.directories);
    std::ranges::move(directories.warnings, std::back_inserter(machine.warnings));
    if (is_live(root))
        machine.page_size = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
    return machine;
}

void read_facts(Machine& machine, const fs::path& root) {
    FactsRead read = read_heap_facts(root);
    machine.facts = std::move(read.facts);
    std::ranges::move(read.warnings, std::back_inserter(machine.warnings));
    machine.kernel_release = kernel_release(root);
}

} // namespace heapsel
