// SPDX-License-Identifier: LGPL-2.1-or-later
#include <heapsel/consumer.hpp>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <format>
#include <system_error>
#include <utility>

#include <heapsel/printable.hpp>

#include "consumer_state.hpp"
#include "plane_heaps.hpp"
#include "uapi/drm.hpp"
#include "uapi/v4l2.hpp"
#include "video_heaps.hpp"

namespace heapsel {
namespace {

namespace fs = std::filesystem;

std::string path_of(int fd) {
    std::error_code failure;
    const fs::path path = fs::read_symlink(std::format("/proc/self/fd/{}", fd), failure);
    return failure ? std::format("file descriptor {}", fd) : path.native();
}

/// A caller's text may have any bytes. One that is printable stays as it is.
std::string made_printable(std::string text) {
    const bool plain = std::ranges::all_of(text, [](char c) { return c >= ' ' && c <= '~'; });
    return plain ? text : printable(text);
}

} // namespace

Consumer::Consumer(State state) : state_(std::make_shared<const State>(std::move(state))) {}

Consumer Consumer::requirement(std::string name, Requirement requirement) {
    return Consumer(State{.name = std::move(name),
                          .requirement = std::move(requirement),
                          .usable = std::nullopt,
                          .trials = {},
                          .places = {}});
}

Consumer Consumer::listing(std::string name, UsableHeaps usable) {
    usable.evidence = made_printable(std::move(usable.evidence));
    usable.unknown_because = made_printable(std::move(usable.unknown_because));
    HeapPlaces places(usable.heaps);
    return Consumer(State{.name = std::move(name),
                          .requirement = {},
                          .usable = std::move(usable),
                          .trials = {},
                          .places = std::move(places)});
}

Result<Consumer> Consumer::v4l2(int fd, Queue queue) {
    const auto capability = uapi::v4l2_query_capability(fd);
    if (!capability)
        return std::unexpected(capability.error());
    const std::string device = path_of(fd);
    const auto type = uapi::v4l2_buffer_type(queue, capability->device_caps);
    if (!type)
        return std::unexpected(
            Error{.code = EINVAL,
                  .attempted = std::format("find the {} queue", to_string(queue)),
                  .subject = device,
                  .remedy = "The device does not have such a queue for video."});
    auto usable = ask_usable_heaps(fd, Role::frame, *type);
    if (!usable)
        return std::unexpected(std::move(usable.error()));
    return listing(video_consumer_name(device, capability->driver, Role::frame, queue),
                   *std::move(usable));
}

Result<Consumer> Consumer::drm(int fd, std::uint32_t plane, std::uint32_t format,
                               std::uint64_t modifier) {
    const auto driver = uapi::drm_driver(fd);
    if (!driver)
        return std::unexpected(driver.error());
    const auto asked = ask_plane(fd, plane);
    if (!asked)
        return std::unexpected(asked.error());
    auto usable = ask_plane_heaps(fd, *asked, format, modifier);
    if (!usable)
        return std::unexpected(std::move(usable.error()));
    return listing(plane_consumer_name(path_of(fd), *driver, *asked, format, modifier),
                   *std::move(usable));
}

Consumer Consumer::with_trials(std::vector<HeapTrial> trials) const {
    State tried = *state_;
    tried.trials = std::move(trials);
    for (HeapTrial& trial : tried.trials)
        trial.evidence = made_printable(std::move(trial.evidence));
    return Consumer(std::move(tried));
}

const std::string& Consumer::name() const {
    return state_->name;
}

const Requirement& Consumer::requirement() const {
    return state_->requirement;
}

const std::optional<UsableHeaps>& Consumer::usable() const {
    return state_->usable;
}

const std::vector<HeapTrial>& Consumer::trials() const {
    return state_->trials;
}

Result<Alignment> joined_alignment(std::span<const Consumer> consumers) {
    Result<Alignment> joined;
    for (const Consumer& consumer : consumers) {
        if (joined)
            joined = join(*joined, consumer.requirement().alignment);
    }
    return joined;
}

} // namespace heapsel
