// SPDX-License-Identifier: LGPL-2.1-or-later
#include "options.hpp"

#include <CLI/CLI.hpp>
#include <array>
#include <charconv>
#include <format>
#include <ranges>
#include <sstream>
#include <string_view>

#include <heapsel/trait.hpp>

namespace example {
namespace {

constexpr std::string_view statuses =
    "Exit status: 0 all was shown, 1 something else failed, 2 wrong usage, 3 no camera or it is\n"
    "gone, 4 no display or it is gone, 5 no format that both take, 6 no heap, or it is full, 7 "
    "the\n"
    "camera gives fewer buffers than asked.";

constexpr std::array roles{"viewfinder", "video", "still", "raw"};
constexpr unsigned least_buffers = 3; // One is shown, one is next, one is being filled.

std::unexpected<Failure> wrong(std::string message) {
    return failure(Status::wrong_usage, std::move(message));
}

std::string without_end_of_line(std::string text) {
    text.erase(text.find_last_not_of('\n') + 1);
    return text;
}

constexpr std::uint32_t most_pixels = 1U << 16U; // Of a line, or lines.
constexpr std::uint32_t most_frames = 1U << 31U; // A year of them.

std::optional<std::uint32_t> counted(std::string_view text, std::uint32_t most) {
    std::uint32_t number = 0;
    const auto [end, error] = std::from_chars(text.begin(), text.end(), number);
    if (error != std::errc{} || end != text.end() || number == 0 || number > most)
        return std::nullopt;
    return number;
}

OrFailure<void> take(StreamWishes& wishes, std::string_view key, std::string_view value) {
    if (key == "width" || key == "height") {
        const auto number = counted(value, most_pixels);
        if (!number)
            return wrong(std::format("-s: {} is a number of pixels, not '{}'.", key, value));
        (key == "width" ? wishes.width : wishes.height) = number;
        return {};
    }
    if (key == "pixelformat") {
        wishes.pixel_format = value;
        return {};
    }
    if (key == "role") {
        if (std::ranges::find(roles, value) == roles.end())
            return wrong(
                std::format("-s: there is no role '{}'; there are viewfinder, video, still "
                            "and raw.",
                            value));
        wishes.role = value;
        return {};
    }
    return wrong(std::format(
        "-s: there is no key '{}'; there are width, height, pixelformat and role.", key));
}

OrFailure<void> check_criteria(const char* option, const std::string& words) {
    const auto read = heapsel::parse_criteria(words);
    return read ? OrFailure<void>() : wrong(std::format("{}: {}", option, read.error().message()));
}

} // namespace

OrFailure<StreamWishes> parse_stream(const std::string& text) {
    StreamWishes wishes;
    for (const auto part : std::views::split(text, ',')) {
        const std::string_view pair(part.begin(), part.end());
        const auto equals = pair.find('=');
        if (equals == std::string_view::npos)
            return wrong(std::format("-s: '{}' is no KEY=VALUE.", pair));
        if (auto taken = take(wishes, pair.substr(0, equals), pair.substr(equals + 1)); !taken)
            return std::unexpected(std::move(taken.error()));
    }
    if (wishes.width.has_value() != wishes.height.has_value())
        return wrong("-s: width and height go together.");
    return wishes;
}

OrFailure<Options> parse_options(int argc, char** argv) {
    Options options;
    std::string stream;
    std::string frames;
    CLI::App app("Shows a camera's pictures on a display, from the heap that suits both and "
                 "without a copy.");
    app.footer(std::string(statuses));
    app.add_option("-c,--camera", options.camera, "Which camera: a number from 1, or its id");
    app.add_option("-C,--capture", frames, "Until so many frames are captured, or interrupted")
        ->expected(0, 1);
    app.add_option("-s,--stream", stream,
                   "width=,height=,pixelformat=,role= with commas between them");
    app.add_option("-D,--display", options.display,
                   "Which display: CARD, CONNECTOR, or "
                   "CARD:CONNECTOR (default: the first)")
        ->expected(0, 1);
    app.add_option("--buffers", options.buffers,
                   "How many buffers (default: as many as the camera has room for)")
        ->check(CLI::Range(least_buffers, 64U));
    app.add_option("--require", options.require,
                   "What the memory must be: contiguous, cached, "
                   "ecc, protected, each also with non-");
    app.add_option("--prefer", options.prefer, "What the memory should be, in the same words");
    app.add_option("--heap", options.heap, "This heap and no other");
    app.add_flag("--json", options.json, "Report as JSON");
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        std::ostringstream out;
        std::ostringstream err;
        const bool help = app.exit(error, out, err) == 0;
        return failure(help ? Status::shown : Status::wrong_usage,
                       without_end_of_line(help ? out.str() : err.str()));
    }
    if (!frames.empty()) {
        options.capture = counted(frames, most_frames);
        if (!options.capture)
            return wrong(std::format("-C: '{}' is no number of frames.", frames));
    }
    for (const auto& [option, words] :
         {std::pair{"--require", options.require}, std::pair{"--prefer", options.prefer}}) {
        if (auto known = check_criteria(option, words); !known)
            return std::unexpected(std::move(known.error()));
    }
    if (!stream.empty()) {
        auto wishes = parse_stream(stream);
        if (!wishes)
            return std::unexpected(std::move(wishes.error()));
        options.stream = *std::move(wishes);
    }
    return options;
}

} // namespace example
