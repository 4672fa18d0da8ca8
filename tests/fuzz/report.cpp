// SPDX-License-Identifier: LGPL-2.1-or-later
//
// A report of heapsel bandwidth, which may be from anybody. What is taken for one is shown in each
// way that there is, and is the same when it was written once more.
#include <cstddef>
#include <cstdint>
#include <string>

#include "bandwidth/run/csv.hpp"
#include "bandwidth/run/figures.hpp"
#include "bandwidth/run/plot_script.hpp"
#include "bandwidth_json.hpp"
#include "bandwidth_report.hpp"
#include "bandwidth_text.hpp"
#include "sound.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace heapsel;
    const auto read = tools::read_report(std::string(data, data + size));
    if (!read) {
        fuzz::expect_sound(read.error());
        return 0;
    }
    const auto figures = bandwidth::figures_of(*read);
    for (const auto& text :
         {tools::bandwidth_text(*read, figures), bandwidth::csv_of(*read),
          bandwidth::plot_script(*read, figures, "it.svg", bandwidth::PictureKind::svg)})
        fuzz::expect(text.find_first_not_of(
                         "\n !\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`"
                         "abcdefghijklmnopqrstuvwxyz{|}~") == std::string::npos,
                     "what is shown is lines of printable characters");
    const auto json = tools::bandwidth_json(*read, figures);
    const auto again = tools::read_report(json.dump());
    fuzz::expect(again.has_value(), "what was written is read");
    fuzz::expect(tools::bandwidth_json(*again, bandwidth::figures_of(*again)).dump() == json.dump(),
                 "what was read is written as it was");
    return 0;
}
