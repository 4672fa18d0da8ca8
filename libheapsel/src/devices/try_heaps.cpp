// SPDX-License-Identifier: LGPL-2.1-or-later
#include <heapsel/try_heaps.hpp>

#include <algorithm>
#include <array>
#include <cerrno>
#include <format>
#include <optional>
#include <utility>

#include <drm/drm_fourcc.h>

#include <heapsel/allocator.hpp>
#include <heapsel/pixel_format.hpp>
#include <heapsel/select.hpp>

#include "base/errno_text.hpp"
#include "devices/plane_heaps.hpp"
#include "model/frame_layout.hpp"
#include "uapi/drm.hpp"
#include "uapi/drm_commit.hpp"
#include "uapi/drm_memory.hpp"

namespace heapsel {
namespace {

constexpr FrameSize small_frame{.width = 64, .height = 64};
// More than the largest piece of the system heap, so that its buffers are contiguous only by luck.
constexpr std::uint64_t least_bytes = (std::uint64_t{1} << 20U) + 4096;

/// Of these nothing follows for the heap that a buffer is from.
bool says_nothing(int code) {
    constexpr std::array of_the_moment{ENOMEM, EACCES, EPERM, EMFILE, ENFILE, ENODEV};
    return std::ranges::contains(of_the_moment, code);
}

/// The commit of a whole frame to a plane, but for the framebuffer.
struct Commit {
    std::uint32_t framebuffer_property = 0;
    std::vector<uapi::PropertyValue> others;
};

std::optional<Commit> commit_of(std::span<const uapi::DrmProperty> properties, std::uint32_t crtc,
                                FrameSize size) {
    const auto fixed = [](std::uint32_t pixels) { return std::uint64_t{pixels} << 16U; };
    const std::array<std::pair<const char*, std::uint64_t>, 9> wanted{
        {{"CRTC_ID", crtc},
         {"SRC_X", 0},
         {"SRC_Y", 0},
         {"SRC_W", fixed(size.width)},
         {"SRC_H", fixed(size.height)},
         {"CRTC_X", 0},
         {"CRTC_Y", 0},
         {"CRTC_W", size.width},
         {"CRTC_H", size.height}}};
    const auto* const framebuffer = property_called(properties, "FB_ID");
    if (framebuffer == nullptr)
        return std::nullopt;
    Commit commit{.framebuffer_property = framebuffer->id, .others = {}};
    for (const auto& [name, value] : wanted) {
        const auto* const property = property_called(properties, name);
        if (property == nullptr)
            return std::nullopt;
        commit.others.push_back({.property = property->id, .value = value});
    }
    return commit;
}

FrameSize even(FrameSize size) {
    return {.width = size.width & ~1U, .height = size.height & ~1U};
}

class Trials {
  public:
    Trials(int fd, std::uint32_t plane, std::uint32_t format, std::uint64_t modifier)
        : fd_(fd), plane_(plane), format_(format), modifier_(modifier), mastership_(fd) {
        prepare_commit();
        try_own_buffer();
        bytes_ = std::max(least_bytes, layout_ ? layout_->bytes : 0);
    }

    [[nodiscard]] HeapTrial of(const Heap& heap) const {
        const auto buffer =
            Allocator::create(Selection({{.heap = heap, .verdict = Verdict::chosen, .reason = {}}}))
                .and_then([&](const Allocator& allocator) {
                    return allocator.allocate(bytes_, "heapsel trial");
                });
        HeapTrial trial{.heap = heap.name, .accepted = Answer::unknown, .evidence = {}};
        if (!buffer) {
            trial.evidence = "not tried: " + buffer.error().message();
            return trial;
        }
        if (const auto taken = hand_over(buffer->fd()); !taken) {
            const bool nothing = says_nothing(taken.error().code);
            trial.accepted = nothing ? Answer::unknown : Answer::no;
            trial.evidence =
                (nothing ? "tried, and nothing follows: " : "it refused a buffer from there: ") +
                taken.error().message();
            return trial;
        }
        trial.accepted = Answer::yes;
        trial.evidence = how_far();
        return trial;
    }

  private:
    /// Leaves in `no_commit_because_` why there is none.
    void prepare_commit() {
        if (const int code = mastership_.failure(); code != 0) {
            no_commit_because_ =
                std::format("this process cannot be the display's master ({})", errno_text(code));
            return;
        }
        if (const auto atomic = uapi::drm_use_atomic(fd_); !atomic) {
            no_commit_because_ = atomic.error().message();
            return;
        }
        const auto properties = uapi::drm_plane_properties(fd_, plane_);
        const auto crtc = crtc_of_plane();
        const auto mode = crtc ? uapi::drm_mode_size(fd_, *crtc) : std::nullopt;
        if (!properties || !mode) {
            no_commit_because_ =
                properties ? "the plane's CRTC is off" : properties.error().message();
            return;
        }
        const auto cursor = plane_type(*properties) == PlaneType::cursor
                                ? uapi::drm_cursor_size(fd_)
                                : std::nullopt;
        const FrameSize size = even(cursor.value_or(*mode));
        if (size.width == 0 || size.height == 0) {
            no_commit_because_ = "the driver is faulty: its frames are empty";
            return;
        }
        size_ = size;
        commit_ = commit_of(*properties, *crtc, size_);
        if (!commit_)
            no_commit_because_ = "the plane lacks a property that a commit needs";
    }

    /// That it shows on, or the first that it can show on.
    [[nodiscard]] std::optional<std::uint32_t> crtc_of_plane() const {
        const auto plane = uapi::drm_plane(fd_, plane_);
        const auto crtcs = uapi::drm_crtcs(fd_);
        if (!plane || !crtcs)
            return std::nullopt;
        if (plane->crtc != 0)
            return plane->crtc;
        for (std::size_t i = 0; i < crtcs->size(); ++i) {
            if ((plane->possible_crtcs >> i & 1U) != 0)
                return (*crtcs)[i];
        }
        return std::nullopt;
    }

    /// What refuses the display's own memory says nothing of other memory.
    void try_own_buffer() {
        const auto bits = bits_per_pixel(format_);
        const auto least = frame_layout(format_, size_, 0);
        const bool linear = modifier_ == no_modifier || modifier_ == DRM_FORMAT_MOD_LINEAR;
        if (!bits || !least || !linear) {
            no_framebuffer_because_ = "how such a frame lies in memory is not known here";
            return;
        }
        const std::uint64_t lines =
            (least->bytes + least->planes[0].pitch - 1) / least->planes[0].pitch;
        const auto own = uapi::drm_create_dumb(
            fd_, {.width = size_.width, .height = static_cast<std::uint32_t>(lines)}, *bits);
        if (!own) {
            no_framebuffer_because_ = own.error().message();
            return;
        }
        const auto layout = frame_layout(format_, size_, own->pitch);
        if (!layout || layout->bytes > own->size) {
            no_framebuffer_because_ = "the driver is faulty: its own buffer is too small";
            return;
        }
        const auto framebuffer = add_framebuffer(own->handle.id(), *layout);
        if (!framebuffer) {
            no_framebuffer_because_ =
                "a buffer of its own is refused, too: " + framebuffer.error().message();
            return;
        }
        layout_ = layout;
        if (!commit_)
            return;
        if (const auto shown = test(framebuffer->id(), *commit_); !shown) {
            commit_.reset();
            no_commit_because_ = "a buffer of its own is refused, too: " + shown.error().message();
        }
    }

    [[nodiscard]] Result<uapi::DrmObject> add_framebuffer(std::uint32_t handle,
                                                          const FrameLayout& layout) const {
        return uapi::drm_add_framebuffer(fd_, handle, format_, modifier_, layout);
    }

    [[nodiscard]] Result<void> test(std::uint32_t framebuffer, const Commit& commit) const {
        auto values = commit.others;
        values.push_back({.property = commit.framebuffer_property, .value = framebuffer});
        return uapi::drm_test_commit(fd_, plane_, values);
    }

    [[nodiscard]] Result<void> hand_over(int dmabuf_fd) const {
        const auto handle = uapi::drm_import(fd_, dmabuf_fd);
        if (!handle)
            return std::unexpected(handle.error());
        if (!layout_)
            return {};
        const auto framebuffer = add_framebuffer(handle->id(), *layout_);
        if (!framebuffer)
            return std::unexpected(framebuffer.error());
        return commit_ ? test(framebuffer->id(), *commit_) : Result<void>();
    }

    [[nodiscard]] std::string how_far() const {
        if (!layout_)
            return std::format("a buffer from there can be imported, which is necessary, and not "
                               "sufficient; no framebuffer was tried: {}",
                               no_framebuffer_because_);
        if (!commit_)
            return std::format("a buffer from there can be made a framebuffer, which is necessary, "
                               "and not sufficient; a commit was not tested: {}",
                               no_commit_because_);
        return "a buffer from there passes the test of a commit, which is necessary, and not "
               "sufficient";
    }

    int fd_;
    std::uint32_t plane_;
    std::uint32_t format_;
    std::uint64_t modifier_;
    uapi::DrmMastership mastership_;
    FrameSize size_ = small_frame;
    std::optional<Commit> commit_;
    std::string no_commit_because_;
    std::optional<FrameLayout> layout_;
    std::string no_framebuffer_because_;
    std::uint64_t bytes_ = 0;
};

} // namespace

std::vector<HeapTrial> try_heaps(int fd, std::uint32_t plane, std::uint32_t format,
                                 std::uint64_t modifier, std::span<const Heap> heaps) {
    const Trials trials(fd, plane, format, modifier);
    std::vector<HeapTrial> results;
    for (const Heap& heap : heaps)
        results.push_back(trials.of(heap));
    return results;
}

} // namespace heapsel
