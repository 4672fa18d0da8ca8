// SPDX-License-Identifier: LGPL-2.1-or-later
#include "options.hpp"

#include <iostream>

#include <CLI/CLI.hpp>

#include <heapsel/printable.hpp>

#include "commands.hpp"
#include "size.hpp"
#include "version.hpp"

namespace heapsel::tools {
namespace {

constexpr std::size_t max_count = 4096;

/// Gives --root.
CLI::Option* add_common(CLI::App& command, Options& options) {
    command.add_flag("--json", options.json, "Print JSON");
    return command.add_option("--root", options.root, "Read the recorded machine in this folder")
        ->check(CLI::ExistingDirectory);
}

void add_policy(CLI::App& command, Options& options) {
    const char* const words = "contiguous, cached, ecc, protected; non- before each, or uncached";
    command.add_option("--require", options.require,
                       std::string("What the memory must be, by commas: ") + words);
    command.add_option("--prefer", options.prefer,
                       "What it should be, the first outweighs the rest; the same words");
    command.add_option("--heap", options.heap, "This heap and no other, by name or alias");
}

CLI::Option* add_size(CLI::App& command, Options& options, const std::string& name,
                      const std::string& description) {
    const auto read = [&options, name](const std::string& text) {
        const auto size = parse_size(text);
        if (!size)
            throw CLI::ValidationError(name,
                                       "\"" + printable(text) +
                                           "\" is not a number above 0, bare or with K, M or G");
        options.size = *size;
    };
    return command.add_option_function<std::string>(name, read, description);
}

CLI::Option* add_role(CLI::App& command, Options& options) {
    const auto read = [&options](const std::string& text) {
        const auto role = role_called(text);
        if (!role)
            throw CLI::ValidationError("ROLE", "\"" + printable(text) +
                                                   "\" is none of frame, reference, metadata");
        options.role = *role;
    };
    return command.add_option_function<std::string>("ROLE", read, "frame, reference or metadata");
}

void add_bind(CLI::App& app, Options& options) {
    CLI::App* const bind = app.add_subcommand(
        "bind", "Have a driver take the memory of a role from heaps, until the next boot");
    bind->add_option_function<std::string>(
            "DEVICE", [&options](const std::string& device) { options.devices = {device}; },
            "/dev/videoN, /dev/dri/cardN, or the device's folder in sysfs")
        ->required();
    add_role(*bind, options)->required();
    CLI::Option* const heaps =
        bind->add_option("HEAP", options.heaps, "In order of preference, by name or alias");
    CLI::Option* const or_driver =
        bind->add_flag("--or-driver", options.or_driver,
                       "Where no heap serves, take the driver's own allocator instead of failing");
    CLI::Option* const unbind =
        bind->add_flag("--unbind", "Leave the role to the driver's own allocator");
    unbind->excludes(heaps)->excludes(or_driver);
    bind->add_flag("--json", options.json, "Print JSON");
    bind->callback([&options, unbind] {
        if (options.heaps.empty() && unbind->count() == 0)
            throw CLI::RequiredError("HEAP or --unbind");
        options.verb = Verb::bind;
    });
}

void add_explain(CLI::App& app, Options& options) {
    CLI::App* const explain =
        app.add_subcommand("explain", "Say which heap would be taken, and why not the others");
    CLI::Option* const root = add_common(*explain, options);
    add_policy(*explain, options);
    explain->add_option(
        "DEVICE", options.devices,
        "Devices that must be able to use the heap: /dev/videoN, with :capture, :output, "
        ":reference or :metadata behind it for one of its memories; /dev/dri/cardN, with :PLANE or "
        ":PLANE:FORMAT behind it");
    add_size(*explain, options, "--size",
             "The largest buffer that is needed: bytes, or with K, M or G");
    explain
        ->add_flag("--try", options.try_heaps,
                   "Hand a buffer from each heap to a display that does not say what it can use")
        ->excludes(root);
    explain->callback([&options] { options.verb = Verb::explain; });
}

void add_verbs(CLI::App& app, Options& options) {
    CLI::App* const list =
        app.add_subcommand("list", "List the heaps, what is known of them, and how full they are");
    add_common(*list, options);
    list->add_flag("--evidence", options.evidence, "Say where each property was learned");
    list->callback([&options] { options.verb = Verb::list; });

    CLI::App* const devices = app.add_subcommand(
        "devices",
        "List video devices and displays, and the heaps that each is bound to and can use");
    add_common(*devices, options);
    devices->callback([&options] { options.verb = Verb::devices; });

    add_explain(app, options);

    CLI::App* const alloc =
        app.add_subcommand("alloc", "Allocate buffers, write and read them through the CPU, free");
    add_common(*alloc, options);
    add_policy(*alloc, options);
    add_size(*alloc, options, "SIZE", "Bytes, or with K, M or G")->required();
    alloc->add_option("--name", options.name, "The buffers' name")->capture_default_str();
    alloc->add_option("--count", options.count, "How many")
        ->check(CLI::Range(std::size_t{1}, max_count))
        ->capture_default_str();
    alloc->add_flag("--hold", options.hold, "Keep the buffers until standard input ends");
    alloc->callback([&options] { options.verb = Verb::alloc; });

    add_bind(app, options);
}

} // namespace

std::expected<Options, int> parse_options(int argc, const char* const* argv) {
    Options options;
    CLI::App app("Chooses the memory that dma-bufs come from, and says why.", "heapsel");
    app.set_version_flag("--version", "heapsel " HEAPSEL_VERSION);
    app.require_subcommand(1);
    app.footer("Exit status: 0 done, 1 nothing suitable or a failure, 2 wrong usage.");
    add_verbs(app, options);
    try {
        app.parse(argc, argv);
    } catch (const CLI::Success& done) {
        return std::unexpected(app.exit(done, std::cout, std::cerr));
    } catch (const CLI::ParseError& wrong) {
        std::cerr << "heapsel: " << wrong.what() << ". Try heapsel --help.\n";
        return std::unexpected(exit_usage);
    }
    return options;
}

} // namespace heapsel::tools
