// SPDX-License-Identifier: LGPL-2.1-or-later
#include "fake_drm.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <format>
#include <system_error>

#include <fcntl.h>
#include <linux/dma-heap.h>

namespace heapsel::test {
namespace {

constexpr std::uint32_t crtc = 50;
constexpr std::uint32_t pitch_alignment = 256;

/// What the kernel does with room for a list: nothing if there is too little.
template <typename T>
void give(const std::vector<T>& list, std::uint64_t address, std::uint32_t& count) {
    if (count >= list.size() && !list.empty())
        std::memcpy(reinterpret_cast<void*>(address), list.data(), // NOLINT: as the kernel does.
                    list.size() * sizeof(T));
    count = static_cast<std::uint32_t>(list.size());
}

template <typename T>
T taken(std::uint64_t address, std::size_t i) {
    return reinterpret_cast<const T*>(address)[i]; // NOLINT: as the kernel does.
}

template <typename T>
void append(std::vector<std::byte>& blob, const T& value) {
    const auto bytes = std::as_bytes(std::span(&value, 1));
    blob.insert(blob.end(), bytes.begin(), bytes.end());
}

} // namespace

std::vector<std::byte> in_formats(const std::vector<std::uint32_t>& formats,
                                  const std::vector<std::uint64_t>& modifiers) {
    drm_format_modifier_blob head{};
    head.version = FORMAT_BLOB_CURRENT;
    head.count_formats = static_cast<__u32>(formats.size());
    head.formats_offset = sizeof(head);
    head.count_modifiers = static_cast<__u32>(modifiers.size());
    head.modifiers_offset = static_cast<__u32>(sizeof(head) + formats.size() * sizeof(__u32));
    std::vector<std::byte> blob;
    append(blob, head);
    for (const std::uint32_t format : formats)
        append(blob, format);
    for (const std::uint64_t modifier : modifiers) {
        drm_format_modifier entry{};
        entry.formats = (std::uint64_t{1} << formats.size()) - 1;
        entry.modifier = modifier;
        append(blob, entry);
    }
    return blob;
}

FakeDrm::FakeDrm()
    : planes{{31, {}}}, properties{"type",  "IN_FORMATS", "FB_ID",  "CRTC_ID", "SRC_X",  "SRC_Y",
                                   "SRC_W", "SRC_H",      "CRTC_X", "CRTC_Y",  "CRTC_W", "CRTC_H"},
      list_heaps([](const drm_mode_list_heaps&, std::vector<drm_mode_heap>&) { return EINVAL; }),
      fd_(::open("/dev/null", O_RDONLY | O_CLOEXEC)) {
    planes[31].in_formats = in_formats(planes[31].formats, {DRM_FORMAT_MOD_LINEAR});
}

std::optional<int> FakeDrm::answer(int fd, unsigned long request, void* argument) {
    if (request == DMA_HEAP_IOCTL_ALLOC)
        return allocate(argument);
    if (!is_mine(fd))
        return std::nullopt;
    requests.push_back(request);
    if (interruptions > 0) {
        --interruptions;
        return EINTR;
    }
    if (const auto error = errors.find(request); error != errors.end())
        return error->second;
    const int code = answer_question(request, argument);
    return code == ENOTTY ? answer_memory(request, argument) : code;
}

bool FakeDrm::is_mine(int fd) const {
    if (fd == fd_.get())
        return true;
    std::error_code failure;
    return !node.empty() &&
           std::filesystem::read_symlink(std::format("/proc/self/fd/{}", fd), failure) == node;
}

int FakeDrm::answer_question(unsigned long request, void* argument) {
    switch (request) {
    case DRM_IOCTL_VERSION: {
        auto& version = *static_cast<drm_version*>(argument);
        std::ranges::copy(std::string_view("fake"), version.name);
        version.name_len = 4;
        return 0;
    }
    case DRM_IOCTL_SET_CLIENT_CAP:
        return 0;
    case DRM_IOCTL_MODE_GETPLANERESOURCES:
        return get_planes(*static_cast<drm_mode_get_plane_res*>(argument));
    case DRM_IOCTL_MODE_GETPLANE:
        return get_plane(*static_cast<drm_mode_get_plane*>(argument));
    case DRM_IOCTL_MODE_OBJ_GETPROPERTIES:
        return get_properties(*static_cast<drm_mode_obj_get_properties*>(argument));
    case DRM_IOCTL_MODE_GETPROPERTY:
        return get_property(*static_cast<drm_mode_get_property*>(argument));
    case DRM_IOCTL_MODE_GETPROPBLOB:
        return get_blob(*static_cast<drm_mode_get_blob*>(argument));
    case DRM_IOCTL_MODE_LIST_HEAPS:
        return give_heaps(*static_cast<drm_mode_list_heaps*>(argument));
    default:
        return ENOTTY;
    }
}

int FakeDrm::answer_memory(unsigned long request, void* argument) {
    switch (request) {
    case DRM_IOCTL_AUTH_MAGIC:
        return master ? EINVAL : EACCES;
    case DRM_IOCTL_SET_MASTER:
        master = set_master == 0;
        return set_master;
    case DRM_IOCTL_DROP_MASTER:
        master = false;
        return 0;
    case DRM_IOCTL_MODE_GETRESOURCES: {
        auto& resources = *static_cast<drm_mode_card_res*>(argument);
        give(std::vector{crtc}, resources.crtc_id_ptr, resources.count_crtcs);
        return 0;
    }
    case DRM_IOCTL_MODE_GETCRTC: {
        auto& answer = *static_cast<drm_mode_crtc*>(argument);
        answer.mode_valid = mode ? 1 : 0;
        answer.mode.hdisplay = 640;
        answer.mode.vdisplay = 480;
        return answer.crtc_id == crtc ? 0 : ENOENT;
    }
    case DRM_IOCTL_GET_CAP:
        static_cast<drm_get_cap*>(argument)->value = cursor_size;
        return 0;
    case DRM_IOCTL_PRIME_FD_TO_HANDLE:
        static_cast<drm_prime_handle*>(argument)->handle = *imported_.insert(next_++).first;
        return 0;
    case DRM_IOCTL_GEM_CLOSE:
        return imported_.erase(static_cast<drm_gem_close*>(argument)->handle) == 1 ? 0 : EINVAL;
    case DRM_IOCTL_MODE_CREATE_DUMB:
        return create_dumb(*static_cast<drm_mode_create_dumb*>(argument));
    case DRM_IOCTL_MODE_DESTROY_DUMB:
        return own_.erase(static_cast<drm_mode_destroy_dumb*>(argument)->handle) == 1 ? 0 : EINVAL;
    case DRM_IOCTL_MODE_ADDFB2: {
        auto& request2 = *static_cast<drm_mode_fb_cmd2*>(argument);
        return add_framebuffer(request2, request2.fb_id);
    }
    case DRM_IOCTL_MODE_RMFB:
        return framebuffers_.erase(*static_cast<unsigned int*>(argument)) == 1 ? 0 : ENOENT;
    case DRM_IOCTL_MODE_ATOMIC:
        return test_commit(*static_cast<drm_mode_atomic*>(argument));
    default:
        return EINVAL;
    }
}

int FakeDrm::allocate(void* argument) const {
    if (heap_error == 0)
        static_cast<dma_heap_allocation_data*>(argument)->fd =
            static_cast<__u32>(::open("/dev/null", O_RDWR | O_CLOEXEC));
    return heap_error;
}

int FakeDrm::get_planes(drm_mode_get_plane_res& request) const {
    std::vector<std::uint32_t> ids;
    for (const auto& [id, plane] : planes)
        ids.push_back(id);
    give(ids, request.plane_id_ptr, request.count_planes);
    return 0;
}

int FakeDrm::get_plane(drm_mode_get_plane& request) const {
    const auto found = planes.find(request.plane_id);
    if (found == planes.end())
        return ENOENT;
    request.crtc_id = found->second.crtc;
    request.possible_crtcs = 1;
    give(found->second.formats, request.format_type_ptr, request.count_format_types);
    return 0;
}

int FakeDrm::get_properties(drm_mode_obj_get_properties& request) const {
    const Plane& plane = planes.at(request.obj_id);
    std::vector<std::uint32_t> ids;
    std::vector<std::uint64_t> values;
    for (const std::string& name : properties) {
        ids.push_back(static_cast<std::uint32_t>(ids.size() + 1));
        values.push_back(name == "type" ? plane.type : request.obj_id);
    }
    auto count = request.count_props;
    give(values, request.prop_values_ptr, count);
    give(ids, request.props_ptr, request.count_props);
    return 0;
}

int FakeDrm::get_property(drm_mode_get_property& request) const {
    const std::string& name = properties.at(request.prop_id - 1);
    std::ranges::fill(request.name, '\0');
    std::ranges::copy(name.substr(0, sizeof(request.name)), request.name);
    return 0;
}

int FakeDrm::get_blob(drm_mode_get_blob& request) const {
    give(planes.at(request.blob_id).in_formats, request.data, request.length);
    return 0;
}

int FakeDrm::give_heaps(drm_mode_list_heaps& request) const {
    std::vector<drm_mode_heap> heaps;
    const int code = list_heaps(request, heaps);
    // As much of the list as there is room for, and how long it is.
    auto room = std::min(request.count_heaps, static_cast<__u32>(heaps.size()));
    const auto count = static_cast<__u32>(heaps.size());
    heaps.resize(room);
    give(heaps, request.heaps_ptr, room);
    request.count_heaps = count;
    return code;
}

int FakeDrm::create_dumb(drm_mode_create_dumb& request) {
    request.pitch =
        (request.width * request.bpp / 8 + pitch_alignment - 1) / pitch_alignment * pitch_alignment;
    request.size = std::uint64_t{request.pitch} * request.height;
    request.handle = *own_.insert(next_++).first;
    return 0;
}

int FakeDrm::add_framebuffer(const drm_mode_fb_cmd2& request, std::uint32_t& id) {
    added.push_back(request);
    const std::uint32_t handle = request.handles[0];
    if (!own_.contains(handle) && !imported_.contains(handle))
        return ENOENT;
    const int code = own_.contains(handle) ? framebuffer.own : framebuffer.imported;
    if (code == 0) {
        id = next_++;
        framebuffers_[id] = handle;
    }
    return code;
}

int FakeDrm::test_commit(const drm_mode_atomic& request) {
    committed_for_real = committed_for_real || request.flags != DRM_MODE_ATOMIC_TEST_ONLY;
    if (!master)
        return EACCES;
    auto& values = committed.emplace_back();
    for (std::size_t i = 0; i < taken<__u32>(request.count_props_ptr, 0); ++i)
        values[properties.at(taken<__u32>(request.props_ptr, i) - 1)] =
            taken<__u64>(request.prop_values_ptr, i);
    const auto shown = framebuffers_.find(static_cast<std::uint32_t>(values["FB_ID"]));
    if (shown == framebuffers_.end())
        return ENOENT;
    return own_.contains(shown->second) ? commit.own : commit.imported;
}

} // namespace heapsel::test
