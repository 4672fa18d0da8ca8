// SPDX-License-Identifier: LGPL-2.1-or-later
//
// One text, read by everything that reads a name, a word or a number: what a user types, what a
// driver writes into sysfs, and the kernel's command line.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "inspect/heap_name.hpp"
#include <heapsel/pixel_format.hpp>
#include <heapsel/queue.hpp>
#include <heapsel/size_text.hpp>
#include <heapsel/trait.hpp>
#include <heapsel/use.hpp>

#include "base/nearest_name.hpp"
#include "buffers/fdinfo.hpp"
#include "devices/binding_text.hpp"
#include "devices/device_argument.hpp"
#include "devices/display_argument.hpp"
#include "io/attribute.hpp"
#include "sound.hpp"
#include "tree/command_line.hpp"

namespace heapsel {
namespace {

using fuzz::expect;
using fuzz::expect_printable;

void try_criteria(std::string_view text) {
    const auto criteria = parse_criteria(text);
    if (!criteria)
        return fuzz::expect_sound(criteria.error());
    std::string again;
    for (const Criterion& criterion : *criteria)
        again += (again.empty() ? "" : ",") + to_string(criterion);
    expect(parse_criteria(again) == *criteria, "what was read reads the same when written");
}

void try_binding(std::string_view text) {
    const auto binding = parse_binding(text);
    if (!binding)
        return;
    expect(binding->or_driver || !binding->heaps.empty(), "something is bound");
    const std::string written = text_to_write(*binding);
    for (const std::string& heap : binding->heaps)
        expect(written.contains(heap), "what is bound is written");
}

void try_arguments(std::string_view text) {
    const auto device = parse_device_argument(text);
    expect(text.starts_with(device.device), "a device argument starts with the device");
    expect(device.use.empty() || is_use_name(device.use), "a memory is called as a use can be");
    expect(device.use.empty() || !device.queue, "a memory is a queue's or a use's");
    const auto display = parse_display_argument(text);
    expect(text.starts_with(display.device), "a display argument starts with the card");
    expect(!display.format || display.id || display.type, "a format is of a plane");
}

void try_numbers(std::string_view text) {
    if (const auto size = parse_size(text)) {
        expect(*size > 0, "a size is above 0");
        expect_printable(size_text(*size));
    }
    if (const auto format = parse_format(text))
        expect(format_name(*format) == text, "a format is called as it was");
    static_cast<void>(cma_parameter(text));
    static_cast<void>(cma_parameter("cma=" + std::string(text)));
}

void try_words(std::string_view text) {
    expect(!is_use_name(text) || printable(text) == text,
           "the name of a use is fit for a terminal");
    if (const auto queue = parse_queue(text))
        expect(to_string(*queue) == text, "a queue is called as it was");
    const std::vector<std::string> names{"system", "default_cma_region", "linux,cma", ""};
    static_cast<void>(nearest_name(text, names));
    expect_printable(printable(text));
    expect_printable(excerpt(text));
}

void try_heap_name(std::string_view text) {
    for (const NameFinding& finding : lint_heap_name(text)) {
        expect(!finding.problem.empty(), "a finding says what is wrong");
        expect(!finding.suggestion.empty(), "a finding says what to do");
        expect_printable(finding.problem);
        expect_printable(finding.suggestion);
    }
    if (const auto buffer = parse_fdinfo(text)) {
        expect(text.contains(buffer->exporter), "an exporter is called as it was");
        expect(text.contains(buffer->name), "a buffer is called as it was");
    }
}

} // namespace
} // namespace heapsel

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text(data, data + size);
    heapsel::try_criteria(text);
    heapsel::try_binding(text);
    heapsel::try_arguments(text);
    heapsel::try_numbers(text);
    heapsel::try_words(text);
    heapsel::try_heap_name(text);
    return 0;
}
