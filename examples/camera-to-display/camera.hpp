// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <heapsel/buffer_layout.hpp>
#include <heapsel/camera.hpp>
#include <heapsel/libcamera.hpp>
#include <heapsel/unique_fd.hpp>
#include <libcamera/camera.h>
#include <libcamera/camera_manager.h>
#include <libcamera/request.h>

#include "failure.hpp"
#include "options.hpp"

namespace example {

/// A frame that the camera has given back.
struct Captured {
    std::size_t buffer = 0; ///< Which one, from 0.
    enum class Outcome { picture, broken, cancelled } outcome = Outcome::picture;
};

/// What happened since one looked last.
struct CameraEvents {
    std::vector<Captured> frames; ///< In order.
    bool unplugged = false;
};

/// A camera with one stream, from its configuration to its last frame.
class Camera {
  public:
    /// Opens the one that `name` means: a number from 1, or an id.
    static OrFailure<std::unique_ptr<Camera>> open(const std::string& name);
    ~Camera();

    /// Configures the stream: in the first of its formats that `takes` says yes to, the camera's
    /// own choice before the others.
    OrFailure<void> configure(const StreamWishes& wishes,
                              const std::function<bool(std::uint32_t format)>& takes,
                              std::optional<unsigned> buffers);

    [[nodiscard]] std::string id() const { return camera_->id(); }
    /// As it was configured.
    [[nodiscard]] const libcamera::StreamConfiguration& stream() const { return config_->at(0); }
    [[nodiscard]] OrFailure<heapsel::StreamConsumers> consumers() const;

    /// Its frames are to come from there.
    OrFailure<void> allocate(heapsel::Allocator allocator, std::optional<unsigned> count);
    [[nodiscard]] std::size_t buffers() const { return requests_.size(); }
    [[nodiscard]] const heapsel::Buffer& memory(std::size_t buffer) const;
    [[nodiscard]] const heapsel::BufferLayout& layout() const;

    OrFailure<void> start();
    /// Has the camera fill that buffer (again).
    OrFailure<void> queue(std::size_t buffer);
    /// Readable when there are events.
    [[nodiscard]] int fd() const { return wake_.get(); }
    [[nodiscard]] CameraEvents events();
    void stop();

    Camera(const Camera&) = delete;
    Camera& operator=(const Camera&) = delete;

  private:
    Camera() = default;
    void completed(libcamera::Request* request);
    void disconnected();
    void wake() const;

    std::unique_ptr<libcamera::CameraManager> manager_;
    std::shared_ptr<libcamera::Camera> camera_;
    std::unique_ptr<libcamera::CameraConfiguration> config_;
    std::unique_ptr<heapsel::FrameBuffers> frames_;
    std::vector<std::unique_ptr<libcamera::Request>> requests_;
    bool acquired_ = false;
    bool running_ = false;
    heapsel::UniqueFd wake_;

    std::mutex mutex_; ///< libcamera tells of frames in a thread of its own.
    CameraEvents events_;
};

} // namespace example
