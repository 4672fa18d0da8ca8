// SPDX-License-Identifier: LGPL-2.1-or-later
//
// A policy file of any bytes, and a policy made of it.
#include <heapsel/policy_file.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "policies/policy_reading.hpp"
#include "sound.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace heapsel;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto file = parse_policy(text, "policy.toml");
    const auto [sound, faults] = read_policy_text(text, "policy.toml");
    fuzz::expect(file.has_value() == faults.empty(), "a file without a fault is taken");
    Policy rest;
    apply(sound, {}, rest);
    fuzz::expect(rest.require.empty() || faults.empty() || faults.front().stops,
                 "a file with a requirement and a fault stops programs");
    if (!file) {
        fuzz::expect(!file.error().empty(), "a refused file has an error");
        for (const Error& error : file.error())
            fuzz::expect_sound(error);
        return 0;
    }
    const std::vector<PolicyTarget> targets{
        {.driver = "rkvdec",
         .card = "a camera",
         .nodes = {"video0", "/dev/video0"},
         .use = "frame",
         .queue = Queue::capture},
        {.driver = "vop2", .card = {}, .nodes = {"card0"}, .use = "frame", .queue = {}}};
    Policy policy;
    apply(*file, targets, policy);
    Policy again = policy;
    apply(*file, targets, again);
    fuzz::expect(again.require == policy.require && again.heap == policy.heap &&
                     again.size == policy.size,
                 "a file that is applied twice asks for the same");
    return 0;
}
