// SPDX-License-Identifier: LGPL-2.1-or-later
#include "inspect/kernel_facts.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <system_error>
#include <utility>

#include "base/lines.hpp"
#include "heaps/sysfs.hpp"
#include "inspect/gunzip.hpp"
#include "io/attribute.hpp"
#include "io/file.hpp"

namespace heapsel {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t max_text = std::size_t{8} << 20U;
constexpr std::size_t max_packed = std::size_t{1} << 20U;
constexpr std::array<std::string_view, 6> needed_options{
    "DMABUF_HEAPS", "DMABUF_HEAPS_SYSTEM", "DMABUF_HEAPS_CMA", "DMA_CMA", "UDMABUF", "CGROUP_DMEM"};
constexpr std::array<std::string_view, 2> modules{"system_heap", "cma_heap"};

/// A release is a directory's name below; one that leads elsewhere is none.
std::string release_of(const fs::path& root) {
    const auto release = read_attribute(root / "proc/sys/kernel/osrelease");
    const bool plain = release && !release->contains('/') && *release != "." && *release != "..";
    return plain ? *release : std::string();
}

/// Of the running kernel itself, where it keeps that.
bool read_own_configuration(KernelFacts& facts, const fs::path& root) {
    const fs::path file = root / "proc/config.gz";
    const auto packed = read_file(file, max_packed);
    if (!packed)
        return false;
    const auto text = gunzip(*packed, max_text);
    if (!text)
        return false;
    facts.configuration = file.native();
    facts.options = heap_options(*text);
    return true;
}

void read_installed_configuration(KernelFacts& facts, const fs::path& root) {
    for (const fs::path& file : {root / "boot" / ("config-" + facts.release),
                                 root / "lib/modules" / facts.release / "config"}) {
        const auto text = read_file(file, max_text);
        if (!text)
            continue;
        facts.configuration = file.native();
        facts.options = heap_options(*text);
        return;
    }
}

std::vector<std::string> read_loaded_modules(const fs::path& root) {
    std::vector<std::string> loaded;
    for (const std::string_view module : modules) {
        std::error_code failure;
        if (fs::is_directory(root / "sys/module" / module, failure))
            loaded.emplace_back(module);
    }
    std::ranges::sort(loaded);
    return loaded;
}

bool has_udmabuf(const KernelFacts& facts, const fs::path& root) {
    std::error_code failure;
    return facts.options.contains("UDMABUF") || fs::exists(root / "dev/udmabuf", failure);
}

} // namespace

std::map<std::string, char> heap_options(std::string_view configuration) {
    constexpr std::string_view prefix = "CONFIG_";
    std::map<std::string, char> options;
    for (const std::string_view line : lines_of(configuration)) {
        const auto equals = line.find('=');
        if (!line.starts_with(prefix) || equals == std::string_view::npos)
            continue;
        const std::string_view name = line.substr(prefix.size(), equals - prefix.size());
        const std::string_view value = line.substr(equals + 1);
        if (std::ranges::contains(needed_options, name) && (value == "y" || value == "m"))
            options.emplace(name, value.front());
    }
    return options;
}

std::vector<std::string> heap_modules(std::string_view dependencies) {
    std::vector<std::string> found;
    for (const std::string_view line : lines_of(dependencies)) {
        const std::string_view path = line.substr(0, line.find(':'));
        const std::string_view file = path.substr(path.rfind('/') + 1);
        const std::string_view name = file.substr(0, file.find(".ko"));
        if (std::ranges::contains(modules, name))
            found.emplace_back(name);
    }
    std::ranges::sort(found);
    return found;
}

KernelFacts read_kernel_facts(const fs::path& root) {
    KernelFacts facts;
    std::error_code failure;
    facts.has_framework = fs::is_directory(root / "sys/class/dma_heap", failure);
    for (const fs::path& directory : class_directories(root, "dma_heap"))
        facts.heaps.push_back(
            {.name = directory.filename().native(),
             .number = read_attribute(directory / "dev").value_or(std::string())});
    facts.release = release_of(root);
    facts.loaded_modules = read_loaded_modules(root);
    if (!read_own_configuration(facts, root) && !facts.release.empty())
        read_installed_configuration(facts, root);
    facts.has_udmabuf = has_udmabuf(facts, root);
    if (facts.release.empty())
        return facts;
    if (const auto text = read_file(root / "lib/modules" / facts.release / "modules.dep", max_text))
        facts.loadable_modules = heap_modules(*text);
    return facts;
}

} // namespace heapsel
