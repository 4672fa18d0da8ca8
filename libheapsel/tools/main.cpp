// SPDX-License-Identifier: LGPL-2.1-or-later
#include <iostream>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "command.hpp"
#include "completion.hpp"
#include "inspect/device_tree_blob.hpp"
#include "version.hpp"

namespace heapsel::tools {
namespace {

int run(int argc, const char* const* argv) {
    CLI::App app("Chooses the memory that dma-bufs come from, and says why.", "heapsel");
    app.set_version_flag("--version", "heapsel " HEAPSEL_VERSION);
    app.require_subcommand(1);
    app.footer("Exit status: 0 done, 1 nothing suitable or a failure, 2 wrong usage.");
    Action action;
    for (const auto add : {add_list, add_show, add_devices, add_explain, add_alloc, add_bind,
                           add_policy, add_lint, add_doctor, add_watch, add_bandwidth})
        add(app, action);
    if (argc > 1 && argv[1] == completion_request) {
        print_completions(app, std::vector<std::string>(argv + 2, argv + argc));
        return exit_done;
    }
    try {
        app.parse(argc, argv);
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
