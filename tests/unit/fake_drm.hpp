// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <set>
#include <span>
#include <string>
#include <vector>

#include <drm/drm_fourcc.h>

#include <heapsel/unique_fd.hpp>

#include "fake_ioctl.hpp"
#include "uapi/drm_heap.h"

namespace heapsel::test {

/// A blob IN_FORMATS of these formats, each with each of the modifiers.
[[nodiscard]] std::vector<std::byte> in_formats(const std::vector<std::uint32_t>& formats,
                                                const std::vector<std::uint64_t>& modifiers);

/// Answers on a descriptor of its own as a DRM driver with one CRTC does, or as none should; and on
/// any other as a heap does. What it hands out it counts.
class FakeDrm : public FakeIoctl {
  public:
    struct Plane {
        std::vector<std::uint32_t> formats{DRM_FORMAT_XRGB8888, DRM_FORMAT_NV12};
        std::uint64_t type = 1;
        std::uint32_t crtc = 0;
        std::vector<std::byte> in_formats;
    };
    /// Errnos for a buffer of the display's own, and for one from a heap.
    struct Failures {
        int own = 0;
        int imported = 0;
    };

    FakeDrm();

    [[nodiscard]] int fd() const { return fd_.get(); }
    [[nodiscard]] std::optional<int> answer(int fd, unsigned long request, void* argument) override;
    /// Handles and framebuffers that have not been given back.
    [[nodiscard]] std::size_t held() const {
        return imported_.size() + own_.size() + framebuffers_.size();
    }

    std::filesystem::path node; ///< What is opened by this path it answers on, too.
    std::map<std::uint32_t, Plane> planes;
    /// Of every plane, by id from 1 on; those after "IN_FORMATS" are for commits.
    std::vector<std::string> properties;
    /// What is asked for, and the heaps to fill in; gives 0, or an errno. At first, that of a
    /// kernel without the ioctl.
    std::function<int(const drm_mode_list_heaps&, std::vector<drm_mode_heap>&)> list_heaps;
    std::map<unsigned long, int> errors; ///< By request.
    Failures framebuffer;
    Failures commit;
    bool master = true;
    std::vector<unsigned long> requests; ///< Of those that reached the driver.
    int set_master = 0;                  ///< The errno for who is not.
    bool mode = true;                    ///< The CRTC is on.
    std::uint64_t cursor_size = 128;
    int heap_error = 0;
    int interruptions = 0; ///< How many calls fail with EINTR first.

    std::vector<drm_mode_fb_cmd2> added; ///< Framebuffers, also those that were refused.
    std::vector<std::map<std::string, std::uint64_t>> committed; ///< Tests, in the same way.
    bool committed_for_real = false;

  private:
    [[nodiscard]] bool is_mine(int fd) const;
    int answer_question(unsigned long request, void* argument);
    int answer_memory(unsigned long request, void* argument);
    int allocate(void* argument) const;
    int get_planes(drm_mode_get_plane_res& request) const;
    int get_plane(drm_mode_get_plane& request) const;
    int get_properties(drm_mode_obj_get_properties& request) const;
    int get_property(drm_mode_get_property& request) const;
    int get_blob(drm_mode_get_blob& request) const;
    [[nodiscard]] int give_heaps(drm_mode_list_heaps& request) const;
    int create_dumb(drm_mode_create_dumb& request);
    int add_framebuffer(const drm_mode_fb_cmd2& request, std::uint32_t& id);
    int test_commit(const drm_mode_atomic& request);

    UniqueFd fd_;
    std::uint32_t next_ = 100;
    std::set<std::uint32_t> imported_;
    std::set<std::uint32_t> own_;
    std::map<std::uint32_t, std::uint32_t> framebuffers_; ///< The handle of each.
};

} // namespace heapsel::test
