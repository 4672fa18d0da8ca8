// SPDX-License-Identifier: LGPL-2.1-or-later
#include <algorithm>
#include <format>
#include <optional>
#include <string>
#include <vector>

#include <heapsel/printable.hpp>

#include "base/joined.hpp"
#include "inspect/doctor/checks.hpp"

namespace heapsel {
namespace {

const Heap* heap_called(std::string_view name, HeapsInScope heaps) {
    const auto found = std::ranges::find_if(
        heaps, [&](const HeapFacts& known) { return known.heap.is_called(name); });
    return found == heaps.end() ? nullptr : &found->heap;
}

/// The name that it comes to, if any, and the heap behind it.
struct Found {
    std::string name;
    const Heap* heap = nullptr;
};

Found first_of(const ProgramList& program, HeapsInScope heaps) {
    for (const std::string& name : program.heaps) {
        if (const Heap* const heap = heap_called(name, heaps))
            return {.name = name, .heap = heap};
    }
    return {};
}

bool is_scattered(const Heap& heap) {
    return heap.property(Trait::contiguous).answer == Answer::no;
}

std::string names_in(const ProgramList& program) {
    std::vector<std::string> names;
    for (const std::string& name : program.heaps)
        names.push_back(printable(name));
    return joined(names, ", ");
}

std::string finding(const ProgramList& program, const Found& found) {
    std::string text = printable(program.name);
    if (!program.versions.empty())
        text += std::format(" ({})", printable(program.versions));
    text += std::format(" looks for heaps by name ({}), and ", names_in(program));
    if (found.heap == nullptr)
        return text + "finds none.";
    return text + std::format("finds {}, whose buffers are scattered.", printable(found.name));
}

/// What the rules that are shipped say of the default area, of which there may be none.
constexpr std::string_view default_area = "default_cma_region";

/// The heap that such a program should have found.
const Heap* suitable(HeapsInScope heaps) {
    const Heap* const usual = heap_called(default_area, heaps);
    if (usual != nullptr && !is_scattered(*usual))
        return usual;
    const auto found = std::ranges::find_if(heaps, [](const HeapFacts& known) {
        return known.heap.property(Trait::contiguous).answer == Answer::yes;
    });
    return found == heaps.end() ? nullptr : &found->heap;
}

/// It stands in a command, and in an expression of sed's.
bool is_plain(std::string_view name) {
    constexpr std::string_view plain =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.,@";
    return name.find_first_not_of(plain) == std::string_view::npos;
}

std::vector<std::string> commands_for(const std::string& rules, const std::string& heap) {
    const std::string from = "/usr/share/heapsel/udev/" + rules;
    const std::string to = "/etc/udev/rules.d/" + rules;
    const std::string put = heap == default_area ? std::format("sudo cp {} {}", from, to)
                                                 : std::format("sed 's/{}/{}/' {} | sudo tee {}",
                                                               default_area, heap, from, to);
    return {put, "sudo udevadm control --reload",
            "sudo udevadm trigger --subsystem-match=dma_heap --settle"};
}

Check checked(const ProgramList& program, const Found& found, HeapsInScope heaps) {
    Check check{.subject = "program",
                .condition = Condition::note,
                .finding = finding(program, found),
                .hint = {},
                .commands = {}};
    const Heap* const heap = suitable(heaps);
    if (heap == nullptr) {
        check.hint = "No heap here is known to be contiguous; heapsel list shows which there are.";
    } else if (program.rules.empty() || !is_plain(heap->name)) {
        check.hint =
            std::format("If you use it, have udev give {} such a name.", printable(heap->name));
    } else {
        check.hint =
            std::format("If you use it, a rule for udev gives {} such a name:", heap->name);
        check.commands = commands_for(program.rules, heap->name);
    }
    return check;
}

} // namespace

std::vector<Check> program_checks(const Facts& facts) {
    std::vector<Check> checks;
    for (const ProgramList& program : facts.programs) {
        const Found found = first_of(program, facts.heaps);
        if (found.heap == nullptr || (program.contiguous && is_scattered(*found.heap)))
            checks.push_back(checked(program, found, facts.heaps));
    }
    for (const std::string& warning : facts.program_warnings)
        checks.push_back({.subject = "program",
                          .condition = Condition::note,
                          .finding = warning,
                          .hint = {},
                          .commands = {}});
    return checks;
}

} // namespace heapsel
