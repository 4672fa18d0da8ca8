// SPDX-License-Identifier: LGPL-2.1-or-later
//
// A PMU of any formats and events, and words for one event of it. The first line is the words, the
// others are files: "format NAME TEXT", "events NAME TEXT".
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "bandwidth/pmu/event_words.hpp"
#include "bandwidth/pmu/format_field.hpp"
#include "bandwidth/pmu/pmu_description.hpp"
#include "base/lines.hpp"
#include "sound.hpp"

namespace heapsel::bandwidth {
namespace {

using fuzz::expect;

PmuDescription pmu_of(const std::vector<std::string_view>& lines) {
    PmuDescription pmu;
    pmu.name = "pmu";
    for (const std::string_view line : lines) {
        const auto words = words_of_line(line);
        if (words.size() != 3)
            continue;
        TextByName& texts = words[0] == "format" ? pmu.formats : pmu.events;
        texts.emplace(words[1], words[2]);
    }
    return pmu;
}

void try_format(std::string_view text) {
    const auto field = parse_format(text);
    if (!field)
        return fuzz::expect_sound(field.error());
    expect(field->word < config_words, "a field is in a word that there is");
    expect(width(*field) >= 1 && width(*field) <= 64, "a field has 1 to 64 bits");
    expect(placed(*field, ~std::uint64_t{0}) == mask(*field), "the largest value sets every bit");
    expect(placed(*field, 0) == 0, "0 sets none");
}

void try_cpus(std::string_view text) {
    const auto cpus = parse_cpu_list(text);
    if (!cpus)
        return fuzz::expect_sound(cpus.error());
    expect(!cpus->empty() && cpus->size() <= max_pmu_cpus, "there are some CPUs, and not too many");
}

/// No term depends on what stands before it.
std::string reversed(std::string_view words) {
    std::string turned;
    for (;;) {
        const auto comma = words.rfind(',');
        if (comma == std::string_view::npos)
            return turned.append(words);
        turned.append(words.substr(comma + 1)) += ',';
        words = words.substr(0, comma);
    }
}

void try_words(const PmuDescription& pmu, std::string_view words) {
    const auto encoded = encode_event(pmu, words);
    const auto again = encode_event(pmu, reversed(words));
    expect(encoded.has_value() == again.has_value(), "the order of terms does not matter");
    if (!encoded)
        return fuzz::expect_sound(encoded.error());
    expect(*encoded == *again, "the order of terms changes nothing");
}

} // namespace
} // namespace heapsel::bandwidth

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace heapsel;
    const std::string text(data, data + size);
    const auto lines = lines_of(text);
    bandwidth::try_format(text);
    bandwidth::try_cpus(text);
    if (lines.empty())
        return 0;
    const auto pmu = bandwidth::pmu_of(lines);
    for (const auto& [name, format] : pmu.formats)
        bandwidth::try_format(format);
    bandwidth::try_words(pmu, lines.front());
    return 0;
}
