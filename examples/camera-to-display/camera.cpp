// SPDX-License-Identifier: LGPL-2.1-or-later
#include "camera.hpp"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <format>
#include <utility>

#include <sys/eventfd.h>
#include <unistd.h>

namespace example {
namespace {

using libcamera::CameraConfiguration;
using libcamera::StreamRole;

std::shared_ptr<libcamera::Camera> find(libcamera::CameraManager& manager,
                                        const std::string& name) {
    std::size_t number = 0;
    const auto cameras = manager.cameras();
    const char* const end = name.data() + name.size();
    const auto parsed = std::from_chars(name.data(), end, number);
    if (parsed.ec == std::errc{} && parsed.ptr == end)
        return number >= 1 && number <= cameras.size() ? cameras[number - 1] : nullptr;
    return manager.get(name);
}

std::string listed(libcamera::CameraManager& manager) {
    std::string text;
    for (const auto& camera : manager.cameras())
        text += (text.empty() ? "" : ", ") + camera->id();
    return text.empty() ? "There is none." : "There are: " + text + ".";
}

StreamRole role_of(const std::string& word) {
    if (word == "video")
        return StreamRole::VideoRecording;
    if (word == "still")
        return StreamRole::StillCapture;
    return word == "raw" ? StreamRole::Raw : StreamRole::Viewfinder;
}

std::string names(const std::vector<libcamera::PixelFormat>& formats) {
    std::string text;
    for (const auto& format : formats)
        text += (text.empty() ? "" : ", ") + format.toString();
    return text;
}

OrFailure<libcamera::PixelFormat> common_format(const libcamera::StreamConfiguration& stream,
                                                const std::string& wanted,
                                                const std::function<bool(std::uint32_t)>& takes) {
    const auto shows = [&](const libcamera::PixelFormat& format) {
        return format.modifier() == 0 && takes(format.fourcc());
    };
    auto all = stream.formats().pixelformats();
    if (!wanted.empty()) {
        const auto format = libcamera::PixelFormat::fromString(wanted);
        if (std::ranges::find(all, format) == all.end())
            return failure(
                Status::no_common_format,
                std::format("The camera gives no {}. It gives: {}.", wanted, names(all)));
        all = {format};
    } else if (shows(stream.pixelFormat)) {
        return stream.pixelFormat;
    }
    const auto found = std::ranges::find_if(all, shows);
    if (found == all.end())
        return failure(Status::no_common_format,
                       std::format("The display takes no format that the camera gives: {}. Take "
                                   "another display (-D), or another camera (-c).",
                                   names(all)));
    return *found;
}

OrFailure<void> or_gone(int status, const char* what) {
    if (status >= 0)
        return {};
    return failure(Status::no_camera,
                   std::format("Cannot {} the camera: {}.", what, std::strerror(-status)));
}

} // namespace

OrFailure<std::unique_ptr<Camera>> Camera::open(const std::string& name) {
    // What it tells of itself is not of interest, unless someone asks for it.
    ::setenv("LIBCAMERA_LOG_LEVELS", "*:ERROR", 0);
    std::unique_ptr<Camera> camera(new Camera);
    camera->wake_.reset(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    camera->manager_ = std::make_unique<libcamera::CameraManager>();
    if (const int status = camera->manager_->start(); status != 0)
        return failure(Status::no_camera,
                       std::format("Cannot look for cameras: {}.", std::strerror(-status)));
    camera->camera_ = find(*camera->manager_, name);
    if (!camera->camera_)
        return failure(Status::no_camera,
                       std::format("There is no camera {}. {}", name, listed(*camera->manager_)));
    if (auto acquired = or_gone(camera->camera_->acquire(), "take"); !acquired)
        return std::unexpected(std::move(acquired.error()));
    camera->acquired_ = true;
    camera->camera_->requestCompleted.connect(camera.get(), &Camera::completed);
    camera->camera_->disconnected.connect(camera.get(), &Camera::disconnected);
    return camera;
}

Camera::~Camera() {
    stop();
    requests_.clear();
    frames_.reset();
    config_.reset();
    if (camera_) {
        camera_->requestCompleted.disconnect(this);
        camera_->disconnected.disconnect(this);
        if (acquired_)
            camera_->release();
        camera_.reset();
    }
    if (manager_)
        manager_->stop();
}

OrFailure<void> Camera::configure(const StreamWishes& wishes,
                                  const std::function<bool(std::uint32_t)>& takes,
                                  std::optional<unsigned> buffers) {
    config_ = camera_->generateConfiguration({role_of(wishes.role)});
    if (!config_ || config_->empty())
        return failure(Status::no_camera,
                       std::format("The camera has no stream for the role {}.", wishes.role));
    auto& wanted = config_->at(0);
    const auto format = common_format(wanted, wishes.pixel_format, takes);
    if (!format)
        return std::unexpected(format.error());
    wanted.pixelFormat = *format;
    if (wishes.width)
        wanted.size = {*wishes.width, *wishes.height};
    wanted.bufferCount = buffers.value_or(wanted.bufferCount);
    if (config_->validate() == CameraConfiguration::Invalid || wanted.pixelFormat != *format)
        return failure(Status::no_common_format,
                       std::format("The camera gives no {} of that size.", format->toString()));
    if (buffers && wanted.bufferCount < *buffers)
        return failure(Status::too_few_buffers,
                       std::format("The camera has room for {} buffers, not for {}.",
                                   wanted.bufferCount, *buffers));
    return or_gone(camera_->configure(config_.get()), "configure");
}

OrFailure<heapsel::StreamConsumers> Camera::consumers() const {
    auto consumers = heapsel::consumers_of(*camera_, stream());
    if (!consumers)
        return failure(Status::no_camera, consumers.error());
    return *std::move(consumers);
}

OrFailure<void> Camera::allocate(heapsel::Allocator allocator, std::optional<unsigned> count) {
    auto* const stream = config_->at(0).stream();
    frames_ = std::make_unique<heapsel::FrameBuffers>(camera_, std::move(allocator));
    if (const auto allocated = frames_->allocate(stream, count); !allocated)
        return failure(Status::no_heap, allocated.error());
    for (const auto& buffer : frames_->buffers(stream)) {
        auto request = camera_->createRequest(requests_.size());
        if (!request || request->addBuffer(stream, buffer.get()) != 0)
            return failure(Status::no_camera, "The camera takes no request.");
        requests_.push_back(std::move(request));
    }
    return {};
}

const heapsel::Buffer& Camera::memory(std::size_t buffer) const {
    return *frames_->memory(requests_.at(buffer)->buffers().begin()->second);
}

const heapsel::BufferLayout& Camera::layout() const {
    return *frames_->layout(stream().stream());
}

OrFailure<void> Camera::start() {
    auto started = or_gone(camera_->start(), "start");
    running_ = started.has_value();
    return started;
}

OrFailure<void> Camera::queue(std::size_t buffer) {
    libcamera::Request& request = *requests_.at(buffer);
    if (request.status() != libcamera::Request::RequestPending)
        request.reuse(libcamera::Request::ReuseBuffers);
    return or_gone(camera_->queueRequest(&request), "hand a buffer to");
}

CameraEvents Camera::events() {
    std::uint64_t count = 0;
    [[maybe_unused]] const auto read = ::read(wake_.get(), &count, sizeof count);
    const std::lock_guard lock(mutex_);
    CameraEvents events = std::move(events_);
    events_ = {.frames = {}, .unplugged = events.unplugged};
    return events;
}

void Camera::stop() {
    if (std::exchange(running_, false))
        camera_->stop();
}

void Camera::completed(libcamera::Request* request) {
    using Outcome = Captured::Outcome;
    Outcome outcome = Outcome::cancelled;
    if (request->status() == libcamera::Request::RequestComplete) {
        // No more is asked than whether it failed: the virtual cameras of libcamera 0.4 say
        // nothing.
        const auto& metadata = request->buffers().begin()->second->metadata();
        outcome = metadata.status == libcamera::FrameMetadata::FrameError ? Outcome::broken
                                                                          : Outcome::picture;
    }
    {
        const std::lock_guard lock(mutex_);
        events_.frames.push_back({.buffer = request->cookie(), .outcome = outcome});
    }
    wake();
}

void Camera::disconnected() {
    {
        const std::lock_guard lock(mutex_);
        events_.unplugged = true;
    }
    wake();
}

void Camera::wake() const {
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto written = ::write(wake_.get(), &one, sizeof one);
}

} // namespace example
