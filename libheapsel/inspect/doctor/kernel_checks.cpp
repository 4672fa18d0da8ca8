// SPDX-License-Identifier: LGPL-2.1-or-later
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <format>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <heapsel/printable.hpp>

#include "base/joined.hpp"
#include "inspect/doctor/checks.hpp"

namespace heapsel {
namespace {

/// A kind of heap that Linux itself has: what of the kernel makes it, and what it is called here.
struct Kind {
    std::string_view option;
    std::string_view module;
    Answer contiguous;
    std::string_view name; ///< Of its driver.
    std::string_view none; ///< Begins the sentence that there is no such heap.
};

constexpr Kind scattered{.option = "DMABUF_HEAPS_SYSTEM",
                         .module = "system_heap",
                         .contiguous = Answer::no,
                         .name = "system heap",
                         .none = "No heap is known to hand out scattered memory"};
constexpr Kind contiguous{.option = "DMABUF_HEAPS_CMA",
                          .module = "cma_heap",
                          .contiguous = Answer::yes,
                          .name = "CMA heap",
                          .none = "No heap is known to be contiguous"};

enum class Lack : std::uint8_t {
    option,  ///< It is off.
    loading, ///< The module is there, and not loaded.
    module,  ///< The module was built, and is not there.
    memory,  ///< The driver runs, and has registered no heap.
    unknown  ///< Nobody says.
};

Lack what_lacks(const KernelFacts& kernel, const Kind& kind) {
    if (std::ranges::contains(kernel.loaded_modules, kind.module))
        return Lack::memory;
    if (std::ranges::contains(kernel.loadable_modules, kind.module))
        return Lack::loading;
    if (kernel.configuration.empty())
        return Lack::unknown;
    const auto option = kernel.options.find(std::string(kind.option));
    if (option == kernel.options.end())
        return Lack::option;
    return option->second == 'm' ? Lack::module : Lack::memory;
}

std::string kernel_name(const KernelFacts& kernel) {
    return kernel.release.empty() ? "The kernel" : "Linux " + printable(kernel.release);
}

Check kernel_problem(std::string finding, std::string hint,
                     std::vector<std::string> commands = {}) {
    return {.subject = "kernel",
            .condition = Condition::problem,
            .finding = std::move(finding),
            .hint = std::move(hint),
            .commands = std::move(commands)};
}

constexpr std::string_view unreadable_configuration = "the kernel's configuration cannot be read";

/// What stands in for memory that need not be contiguous.
std::string stand_in(const KernelFacts& kernel) {
    return kernel.has_udmabuf ? " Until then, --udmabuf takes memory that need not be contiguous "
                                "through /dev/udmabuf."
                              : "";
}

std::string build_all(const KernelFacts& kernel) {
    return std::format("Take a kernel that has them (docs/distributions.md lists some), or build "
                       "this one with CONFIG_DMABUF_HEAPS=y, CONFIG_DMABUF_HEAPS_SYSTEM=y and, for "
                       "contiguous memory, CONFIG_DMA_CMA=y and CONFIG_DMABUF_HEAPS_CMA=y.{}",
                       stand_in(kernel));
}

Check no_framework(const KernelFacts& kernel) {
    if (kernel.options.contains("DMABUF_HEAPS"))
        return kernel_problem(std::format("{} has heaps ({}), and there is no /sys/class/dma_heap.",
                                          kernel_name(kernel), printable(kernel.configuration)),
                              "Mount sysfs.", {"sudo mount -t sysfs sysfs /sys"});
    const std::string because =
        kernel.configuration.empty()
            ? std::format("there is no /sys/class/dma_heap; {}", unreadable_configuration)
            : std::format("CONFIG_DMABUF_HEAPS is not in {}", printable(kernel.configuration));
    return kernel_problem(std::format("{} has no dma-buf heaps: {}.", kernel_name(kernel), because),
                          build_all(kernel));
}

std::vector<std::string> load(const std::vector<std::string>& modules) {
    std::vector<std::string> commands;
    for (const std::string& module : modules)
        commands.push_back("sudo modprobe " + module);
    commands.push_back(std::format("printf '%s\\n' {} | sudo tee /etc/modules-load.d/heapsel.conf",
                                   joined(modules, " ")));
    return commands;
}

constexpr const char* load_it = "Load the modules that register heaps, now and at each boot.";
constexpr const char* install_it = "Install the package with the rest of this kernel's modules.";

/// "CONFIG_DMA_CMA", "CONFIG_DMABUF_HEAPS_CMA": a kind's options that are off.
std::vector<std::string> missing_options(const KernelFacts& kernel, const Kind& kind) {
    std::vector<std::string> missing;
    if (kind.option == contiguous.option && !kernel.options.contains("DMA_CMA"))
        missing.emplace_back("CONFIG_DMA_CMA");
    if (!kernel.options.contains(std::string(kind.option)))
        missing.push_back("CONFIG_" + std::string(kind.option));
    return missing;
}

/// "take a kernel with the CMA heap, or ...", to begin a sentence or not.
std::string another_kernel(const KernelFacts& kernel, const Kind& kind) {
    return std::format("take a kernel with the {} (docs/distributions.md lists some), or build "
                       "this one with {}=y",
                       kind.name, joined(missing_options(kernel, kind), "=y and "));
}

std::string sentence(std::string text) {
    if (text.starts_with('t'))
        text.front() = 'T';
    return text + '.';
}

constexpr std::string_view area = "cma=64M on the kernel's command line, or give /reserved-memory "
                                  "a reusable shared-dma-pool";

/// Of a driver that runs.
std::string reason_without_heap(const Facts& facts, const Kind& kind) {
    if (kind.contiguous == Answer::no)
        return "the kernel's system heap has registered none";
    if (facts.cma_areas == 0)
        return "no CMA area is known for the kernel's CMA heap";
    return std::format("the kernel's CMA heap has taken none of {} CMA {}", facts.cma_areas,
                       facts.cma_areas == 1 ? "area" : "areas");
}

/// Why there is no heap of this kind, after the colon.
std::string reason(const Facts& facts, const Kind& kind, Lack lack) {
    const KernelFacts& kernel = facts.kernel;
    const std::string file = printable(kernel.configuration);
    switch (lack) {
    case Lack::option: {
        const auto missing = missing_options(kernel, kind);
        return std::format("{} {} not in {}", joined(missing, " and "),
                           missing.size() == 1 ? "is" : "are", file);
    }
    case Lack::loading:
        return std::format("the module {} is not loaded", kind.module);
    case Lack::module:
        return std::format("CONFIG_{} is m in {}, and /lib/modules/{} has no {}", kind.option, file,
                           printable(kernel.release), kind.module);
    case Lack::memory:
        return reason_without_heap(facts, kind);
    case Lack::unknown:
        break;
    }
    return std::string(unreadable_configuration);
}

Check no_heap(const Facts& facts) {
    const KernelFacts& kernel = facts.kernel;
    const std::string none = std::format("{} can have heaps, and has none", kernel_name(kernel));
    std::vector<std::string> to_load = kernel.loadable_modules;
    std::erase_if(to_load, [&](const std::string& module) {
        return std::ranges::contains(kernel.loaded_modules, module);
    });
    if (!to_load.empty())
        return kernel_problem(none + '.', load_it, load(to_load));
    if (kernel.configuration.empty())
        return kernel_problem(std::format("{}; {}.", none, unreadable_configuration),
                              build_all(kernel));
    const Lack system = what_lacks(kernel, scattered);
    const Lack cma = what_lacks(kernel, contiguous);
    return kernel_problem(std::format("{}: {}; {}.", none, reason(facts, scattered, system),
                                      reason(facts, contiguous, cma)),
                          system == Lack::module || cma == Lack::module ? install_it
                                                                        : build_all(kernel));
}

std::string remedy_for_contiguous(const Facts& facts, Lack lack) {
    const KernelFacts& kernel = facts.kernel;
    if (lack == Lack::memory && facts.cma_areas > 0)
        return "Boot with cma=64M on the kernel's command line: older kernels make a heap of the "
               "default area alone.";
    if (lack == Lack::memory)
        return std::format("Boot with {}.", area);
    if (lack == Lack::option)
        return sentence(
            std::format("{}; then boot with {}", another_kernel(kernel, contiguous), area));
    return std::format("Boot with {}. If that makes no heap, {}.", area,
                       another_kernel(kernel, contiguous));
}

std::string remedy(const Facts& facts, const Kind& kind, Lack lack) {
    if (lack == Lack::loading)
        return load_it;
    if (lack == Lack::module)
        return install_it;
    if (kind.contiguous == Answer::yes)
        return remedy_for_contiguous(facts, lack);
    if (lack == Lack::memory)
        return "The kernel's log says why:";
    return sentence(another_kernel(facts.kernel, kind)) + stand_in(facts.kernel);
}

std::vector<std::string> commands_for(const Kind& kind, Lack lack) {
    if (lack == Lack::loading)
        return load({std::string(kind.module)});
    if (lack == Lack::memory && kind.contiguous == Answer::no)
        return {"sudo dmesg | grep -i dma_heap"};
    return {};
}

bool is_required(const Wish& wish, const Kind& kind) {
    return std::ranges::contains(
        wish.policy.require,
        Criterion{.trait = Trait::contiguous, .wanted = kind.contiguous == Answer::yes});
}

/// Whether a heap is of the kind, with memory or without: an area without memory has a check of its
/// own.
bool there_is(const Kind& kind, const Facts& facts) {
    return std::ranges::any_of(facts.heaps, [&](const HeapFacts& known) {
        return known.heap.property(Trait::contiguous).answer == kind.contiguous;
    });
}

} // namespace

Check kernel_check(const Facts& facts) {
    const KernelFacts& kernel = facts.kernel;
    // The kernel has two heaps for a region with two names.
    const std::size_t count = facts.heaps.empty() ? kernel.heaps.size() : facts.heaps.size();
    if (count > 0)
        return {.subject = "kernel",
                .condition = Condition::ok,
                .finding = std::format("{} has {} {}.", kernel_name(kernel), count,
                                       count == 1 ? "heap" : "heaps"),
                .hint = {},
                .commands = {}};
    return kernel.has_framework ? no_heap(facts) : no_framework(kernel);
}

std::vector<Check> kind_checks(const Wish& wish, const Facts& facts) {
    std::vector<Check> checks;
    for (const Kind& kind : {scattered, contiguous}) {
        if (facts.heaps.empty() || there_is(kind, facts))
            continue;
        const Lack lack = what_lacks(facts.kernel, kind);
        const bool required = is_required(wish, kind);
        if (!required && lack == Lack::unknown)
            continue;
        Check check{.subject = "kernel",
                    .condition = required ? Condition::problem : Condition::ok,
                    .finding = std::format("{}: {}.", kind.none, reason(facts, kind, lack)),
                    .hint = {},
                    .commands = {}};
        if (required) {
            check.hint = remedy(facts, kind, lack);
            check.commands = commands_for(kind, lack);
        }
        checks.push_back(std::move(check));
    }
    return checks;
}

} // namespace heapsel
