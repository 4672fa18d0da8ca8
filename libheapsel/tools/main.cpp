// SPDX-License-Identifier: LGPL-2.1-or-later
#include <algorithm>
#include <iostream>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>

#include "command.hpp"
#include "completion.hpp"
#include "inspect/device_tree_blob.hpp"
#include "version.hpp"

namespace heapsel::tools {
namespace {

/// Takes it off `words`: CLI11 would change a word such as "[a,b]", which is none of ours.
std::vector<std::string> command_behind_dashes(std::vector<std::string>& words) {
    if (words.empty() || words.front() != "bandwidth")
        return {};
    const auto dashes = std::ranges::find(words, "--");
    if (dashes == words.end())
        return {};
    std::vector<std::string> command(std::next(dashes), words.end());
    words.erase(dashes, words.end());
    return command;
}

int run(int argc, const char* const* argv) {
    CLI::App app("Chooses the memory that dma-bufs come from, and says why.", "heapsel");
    app.set_version_flag("--version", "heapsel " HEAPSEL_VERSION);
    app.require_subcommand(1);
    app.footer("Exit status: 0 done, 1 nothing suitable or a failure, 2 wrong usage.");
    Action action;
    for (const auto add : {add_list, add_show, add_devices, add_explain, add_alloc, add_bind,
                           add_policy, add_lint, add_doctor, add_watch})
        add(app, action);
    std::vector<std::string> words(argv + (argc > 0 ? 1 : 0), argv + argc);
    add_bandwidth(app, action, command_behind_dashes(words));
    if (argc > 1 && argv[1] == completion_request) {
        print_completions(app, std::vector<std::string>(argv + 2, argv + argc));
        return exit_done;
    }
    try {
        std::ranges::reverse(words);
        app.parse(std::move(words));
    } catch (const CLI::Success& done) {
        return app.exit(done, std::cout, std::cerr);
    } catch (const CLI::ParseError& wrong) {
        const std::string what = wrong.what();
        std::cerr << "heapsel: " << what << (what.ends_with('.') ? "" : ".")
                  << " Try heapsel --help.\n";
        return exit_usage;
    }
    return action();
}

} // namespace
} // namespace heapsel::tools

int main(int argc, char** argv) {
    heapsel::read_recorded_blobs();
    const int status = heapsel::tools::run(argc, argv);
    std::cout.flush();
    if (!std::cout) {
        std::cerr
            << "heapsel: cannot write to standard output: is the disk full, or has the reader "
               "ended?\n";
        return heapsel::tools::exit_failure;
    }
    return status;
}
