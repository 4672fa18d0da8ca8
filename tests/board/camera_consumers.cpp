// SPDX-License-Identifier: LGPL-2.1-or-later
//
// camera-consumers: prints the consumers behind the device numbers of a camera, one a line, as an
// application of libcamera finds them.

#include <CLI/CLI.hpp>
#include <cstdint>
#include <print>
#include <vector>

#include <heapsel/camera.hpp>

int main(int argc, char** argv) {
    std::vector<std::int64_t> numbers;
    CLI::App app("Names what captures behind the devices of a camera.");
    app.add_option("number", numbers, "As in libcamera's property SystemDevices")->required();
    CLI11_PARSE(app, argc, argv);

    const auto consumers = heapsel::consumers_of_devices(numbers);
    if (!consumers) {
        std::println(stderr, "{}", consumers.error().message());
        return 1;
    }
    for (const auto& consumer : *consumers)
        std::println("{}", consumer.name());
}
