// SPDX-License-Identifier: LGPL-2.1-or-later
//
// scanout-grab: takes pictures of what a display scans out, or lists it.

#include "picture.hpp"
#include "scanout.hpp"

#include <array>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <drm_fourcc.h>
#include <getopt.h>
#include <print>
#include <string>
#include <string_view>
#include <thread>

namespace {

using display::Result;

constexpr const char* usage = R"(usage: scanout-grab --output PATTERN [options]
       scanout-grab --list [options]

Takes pictures (PPM) of what a display scans out now, while another program is its master, and
prints one JSON line per picture; or lists planes and framebuffers. Needs root.

  --output PATTERN  the file; a run of # becomes the picture's number, from 0: shot-###.ppm
  --count N         so many pictures (1)
  --interval MS     this long apart (100)
  --list            print planes, framebuffers and their dma-bufs as JSON, take no picture
  --driver NAME     the KMS driver (vkms)
  --crtc INDEX      which of its CRTCs, from 0 (0)
  --attempts N      how often to try for a picture that did not change while copied (50)
  --help

Exit status: 0 done, 1 failed or nothing is being shown (the message says which), 2 wrong usage.
)";

struct Options {
    std::string output;
    std::string driver = "vkms";
    unsigned crtc = 0;
    unsigned count = 1;
    unsigned interval_ms = 100;
    unsigned attempts = 50;
    bool list = false;
};

std::string fourcc(uint32_t format) {
    std::array<char, 4> letters;
    std::memcpy(letters.data(), &format, letters.size());
    return {letters.begin(), letters.end()};
}

void print_plane(const display::PlaneScan& plane) {
    std::print(R"({{"plane":{},"type":"{}","zpos":{},"crtc":{},"fb":{})", plane.id, plane.type,
               plane.zpos, plane.crtc, plane.fb);
    if (plane.fb) {
        std::print(R"(,"format":"{}","modifier":{},"width":{},"height":{})", fourcc(plane.format),
                   plane.modifier, plane.width, plane.height);
        std::print(R"(,"target":[{},{},{},{}])", plane.target.x, plane.target.y, plane.target.width,
                   plane.target.height);
        std::print(R"(,"source":[{},{},{},{}])", plane.source[0] / 65536.0,
                   plane.source[1] / 65536.0, plane.source[2] / 65536.0, plane.source[3] / 65536.0);
        std::print(R"(,"encoding":"{}","range":"{}","memory":[)", plane.encoding, plane.range);
        const char* separator = "";
        for (const auto& colour : plane.colour) {
            std::print(R"({}{{"inode":{},"size":{},"pitch":{},"offset":{}}})", separator,
                       colour.inode, colour.size, colour.pitch, colour.offset);
            separator = ",";
        }
        std::print("]");
    }
    std::print("}}");
}

void print_scanout(const display::Scanout& scanout, std::string_view head, bool idle_too) {
    std::print(R"({{{}"crtc":{},"active":{},"width":{},"height":{},"hz":{},"frame":{},"ns":{})",
               head, scanout.crtc, scanout.active, scanout.width, scanout.height, scanout.hz,
               scanout.frame, scanout.ns);
    std::print(R"(,"planes":[)");
    const char* separator = "";
    for (const auto& plane : scanout.planes) {
        if (!plane.fb && !idle_too)
            continue;
        std::print("{}", separator);
        print_plane(plane);
        separator = ",";
    }
    std::println("]}}");
    std::fflush(stdout);
}

std::string numbered(const std::string& pattern, unsigned number) {
    const size_t from = pattern.find('#');
    if (from == std::string::npos)
        return pattern;
    size_t to = pattern.find_first_not_of('#', from);
    if (to == std::string::npos)
        to = pattern.size();
    return std::format("{}{:0{}}{}", pattern.substr(0, from), number, to - from,
                       pattern.substr(to));
}

Result<void> take(const display::Card& card, uint32_t crtc, const Options& options,
                  unsigned number) {
    const auto scanout = display::look_consistently(card, crtc, options.attempts);
    if (!scanout)
        return std::unexpected(scanout.error());
    if (!scanout->active)
        return std::unexpected(std::string("nothing is being shown: the CRTC is off"));
    bool shows = false;
    for (const auto& plane : scanout->planes)
        shows |= plane.fb != 0;
    if (!shows)
        return std::unexpected(
            std::string("nothing is being shown: the CRTC is on, but no plane has a framebuffer"));
    const std::string path = numbered(options.output, number);
    if (auto written = display::write_ppm(display::compose(*scanout), path); !written)
        return written;
    print_scanout(*scanout, std::format(R"("file":"{}",)", path), false);
    return {};
}

Result<void> run(const Options& options) {
    const auto card = display::open_card(options.driver);
    if (!card)
        return std::unexpected(card.error());
    const auto crtc = display::crtc_id(*card, options.crtc);
    if (!crtc)
        return std::unexpected(crtc.error());
    if (options.list) {
        const auto scanout = display::look(*card, *crtc, false);
        if (!scanout)
            return std::unexpected(scanout.error());
        print_scanout(*scanout, std::format(R"("driver":"{}",)", card->driver), true);
        return {};
    }
    auto next = std::chrono::steady_clock::now();
    for (unsigned i = 0; i < options.count; ++i) {
        std::this_thread::sleep_until(next);
        if (auto taken = take(*card, *crtc, options, i); !taken)
            return taken;
        next += std::chrono::milliseconds(options.interval_ms);
    }
    return {};
}

int wrong_usage(std::string_view message) {
    std::println(stderr, "scanout-grab: {} (--help explains)", message);
    return 2;
}

} // namespace

int main(int argc, char** argv) {
    Options options;
    constexpr option table[] = {{"output", required_argument, nullptr, 'o'},
                                {"driver", required_argument, nullptr, 'd'},
                                {"crtc", required_argument, nullptr, 'c'},
                                {"count", required_argument, nullptr, 'n'},
                                {"interval", required_argument, nullptr, 'i'},
                                {"attempts", required_argument, nullptr, 'a'},
                                {"list", no_argument, nullptr, 'l'},
                                {"help", no_argument, nullptr, 'h'},
                                {}};
    const auto number = [] { return static_cast<unsigned>(std::strtoul(optarg, nullptr, 10)); };
    int choice = 0;
    while ((choice = getopt_long(argc, argv, "", table, nullptr)) != -1) {
        switch (choice) {
        case 'o':
            options.output = optarg;
            break;
        case 'd':
            options.driver = optarg;
            break;
        case 'c':
            options.crtc = number();
            break;
        case 'n':
            options.count = number();
            break;
        case 'i':
            options.interval_ms = number();
            break;
        case 'a':
            options.attempts = number();
            break;
        case 'l':
            options.list = true;
            break;
        case 'h':
            std::print("{}", usage);
            return 0;
        default:
            return 2;
        }
    }
    if (optind != argc || options.list == !options.output.empty())
        return wrong_usage("give either --output PATTERN or --list, and no further argument");
    if (!options.list && (options.count == 0 || options.attempts == 0))
        return wrong_usage("--count and --attempts want a number above 0");
    if (options.count > 1 && !options.output.contains('#'))
        return wrong_usage("several pictures need a # in --output for their number");

    if (const auto done = run(options); !done) {
        std::println(stderr, "scanout-grab: {}", done.error());
        return 1;
    }
    return 0;
}
