// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "failure.hpp"

namespace example {

/// What `-s` asks of the stream, in the words of libcamera's `cam`. What is absent is the camera's
/// or the display's to say.
struct StreamWishes {
    std::optional<std::uint32_t> width;
    std::optional<std::uint32_t> height;
    std::string pixel_format;
    std::string role = "viewfinder";
};

/// "width=640,height=480,pixelformat=BGR888,role=video".
OrFailure<StreamWishes> parse_stream(const std::string& text);

struct Options {
    std::string camera = "1";        ///< From 1 as in `cam`, or an id.
    std::optional<unsigned> capture; ///< How many frames; absent: until interrupted.
    StreamWishes stream;
    std::string display; ///< "card1", "HDMI-A-1", "card1:HDMI-A-1", or empty.
    std::optional<unsigned> buffers;
    std::string require;
    std::string prefer;
    std::string heap;
    bool json = false;
};

/// Reads the command line. The status is `shown` where nothing is left to do but to print the
/// message: help was asked for.
OrFailure<Options> parse_options(int argc, char** argv);

} // namespace example
