// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "bandwidth/run/frame_source.hpp"
#include "bandwidth/run/plot_script.hpp"
#include "bandwidth/run/schedule.hpp"
#include "bandwidth/run/way.hpp"

namespace CLI {
class App;
} // namespace CLI

namespace heapsel::tools {

/// What the command line of `heapsel bandwidth` asks for.
struct BandwidthOptions {
    bool list = false;
    std::filesystem::path root = "/"; ///< Of what is listed.
    std::optional<std::string> device;
    std::vector<std::string> command;
    bandwidth::WayWishes ways;
    bool as_it_is = false;         ///< One way, and no binding is touched.
    std::optional<double> seconds; ///< To measure without a command.
    bandwidth::FrameSource frames;
    std::size_t runs = 5;
    std::optional<std::uint64_t> warm; ///< Absent: as many as suits the source of frames.
    bandwidth::Order order = bandwidth::Order::abba;
    std::optional<std::string> counter; ///< Absent: the first one, and those that are like it.
    double idle = 2;
    bool no_idle = false;
    bool json = false;
    bool csv = false;
    std::optional<std::string> plot;
    std::string label;
    std::optional<std::filesystem::path> report; ///< To be shown, and nothing measured.

    /// Frames of each run that do not count.
    [[nodiscard]] std::uint64_t warm_frames() const;
};

/// Adds them all to the verb, but for the command.
void add_bandwidth_options(CLI::App& verb, BandwidthOptions& options);

/// What is wrong with the options together; empty if nothing is.
[[nodiscard]] std::string contradiction(const BandwidthOptions& options);

} // namespace heapsel::tools
