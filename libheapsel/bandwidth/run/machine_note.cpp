// SPDX-License-Identifier: LGPL-2.1-or-later
#include "bandwidth/run/machine_note.hpp"

#include <format>

#include <sys/utsname.h>

#include "heaps/machine.hpp"
#include "inspect/memory_clock.hpp"
#include "io/attribute.hpp"
#include "io/file.hpp"
#include "tree/ecc.hpp"

namespace heapsel::bandwidth {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t longest_model = 4096;

/// Of a board, whose text ends with a NUL, or of a PC.
std::string model_of(const fs::path& root) {
    auto model = read_file(root / "sys/firmware/devicetree/base/model", longest_model);
    if (model)
        return model->substr(0, model->find('\0'));
    return read_attribute(root / "sys/class/dmi/id/product_name").value_or(std::string());
}

void add_ecc(std::map<std::string, bool>& known, const std::string& name, Answer ecc) {
    if (ecc != Answer::unknown)
        known.emplace(name, ecc == Answer::yes);
}

std::map<std::string, bool> region_ecc(const MemoryMap& map) {
    std::map<std::string, bool> known;
    for (const ReservedRegion& region : map.reserved)
        add_ecc(known, region.name, ecc_property(map, &region, region.region).answer);
    for (const MemoryNode& node : map.memory) {
        const auto slash = node.path.rfind('/');
        if (!node.ranges.empty())
            add_ecc(known, slash == std::string::npos ? node.path : node.path.substr(slash + 1),
                    ecc_property(map, nullptr, node.ranges.front()).answer);
    }
    return known;
}

std::string running_kernel() {
    utsname name{};
    return ::uname(&name) == 0 ? name.release : "";
}

} // namespace

MachineNote read_machine_note(const fs::path& root) {
    const Machine machine = read_machine(root);
    MachineNote note{.model = model_of(root),
                     .compatible = machine.compatible,
                     .kernel = running_kernel(),
                     .device = {},
                     .driver = {},
                     .region_ecc = region_ecc(machine.memory),
                     .clocks = {}};
    for (const MemoryClock& clock : read_memory_clocks(root))
        note.clocks.push_back(std::format("memory clock {}: governor {}", clock.name,
                                          clock.governor.empty() ? "unknown" : clock.governor) +
                              (clock.pinned ? "" : ", not pinned"));
    return note;
}

} // namespace heapsel::bandwidth
