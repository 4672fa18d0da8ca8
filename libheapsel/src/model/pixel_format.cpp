// SPDX-License-Identifier: LGPL-2.1-or-later
#include <heapsel/pixel_format.hpp>

#include <algorithm>
#include <array>
#include <format>

#include <drm/drm_fourcc.h>
#include <linux/videodev2.h>

namespace heapsel {
namespace {

static_assert(no_modifier == DRM_FORMAT_MOD_INVALID);

constexpr std::size_t characters = 4;

bool is_visible(char c) {
    return c > ' ' && c <= '~';
}

struct SamePictures {
    std::uint32_t v4l2;
    std::uint32_t drm;
};
// DRM names the bytes from the end of a little-endian word, V4L2 from its beginning.
constexpr std::array same_pictures{
    SamePictures{.v4l2 = V4L2_PIX_FMT_GREY, .drm = DRM_FORMAT_R8},
    SamePictures{.v4l2 = V4L2_PIX_FMT_RGB565, .drm = DRM_FORMAT_RGB565},
    SamePictures{.v4l2 = V4L2_PIX_FMT_RGB24, .drm = DRM_FORMAT_BGR888},
    SamePictures{.v4l2 = V4L2_PIX_FMT_BGR24, .drm = DRM_FORMAT_RGB888},
    SamePictures{.v4l2 = V4L2_PIX_FMT_RGB32, .drm = DRM_FORMAT_BGRX8888},
    SamePictures{.v4l2 = V4L2_PIX_FMT_BGR32, .drm = DRM_FORMAT_XRGB8888},
    SamePictures{.v4l2 = V4L2_PIX_FMT_YUV422P, .drm = DRM_FORMAT_YUV422},
    SamePictures{.v4l2 = V4L2_PIX_FMT_NV12M, .drm = DRM_FORMAT_NV12},
    SamePictures{.v4l2 = V4L2_PIX_FMT_NV21M, .drm = DRM_FORMAT_NV21},
    SamePictures{.v4l2 = V4L2_PIX_FMT_NV16M, .drm = DRM_FORMAT_NV16},
    SamePictures{.v4l2 = V4L2_PIX_FMT_NV61M, .drm = DRM_FORMAT_NV61},
    SamePictures{.v4l2 = V4L2_PIX_FMT_YUV420M, .drm = DRM_FORMAT_YUV420},
    SamePictures{.v4l2 = V4L2_PIX_FMT_YVU420M, .drm = DRM_FORMAT_YVU420},
    SamePictures{.v4l2 = V4L2_PIX_FMT_YUV422M, .drm = DRM_FORMAT_YUV422},
    SamePictures{.v4l2 = V4L2_PIX_FMT_YVU422M, .drm = DRM_FORMAT_YVU422},
    SamePictures{.v4l2 = V4L2_PIX_FMT_YUV444M, .drm = DRM_FORMAT_YUV444},
    SamePictures{.v4l2 = V4L2_PIX_FMT_YVU444M, .drm = DRM_FORMAT_YVU444}};

} // namespace

std::string format_name(std::uint32_t format) {
    std::string name;
    for (std::size_t i = 0; i < characters; ++i)
        name += static_cast<char>((format >> (8 * i)) & 0xffU);
    name.erase(name.find_last_not_of(' ') + 1);
    return !name.empty() && std::ranges::all_of(name, is_visible) ? name
                                                                  : std::format("{:#010x}", format);
}

std::string format_name(std::uint32_t format, std::uint64_t modifier) {
    if (modifier == no_modifier)
        return format_name(format);
    return std::format("{} with modifier {:#x}", format_name(format), modifier);
}

std::optional<std::uint32_t> parse_format(std::string_view text) {
    if (text.empty() || text.size() > characters || !std::ranges::all_of(text, is_visible))
        return std::nullopt;
    std::uint32_t format = 0;
    for (std::size_t i = 0; i < characters; ++i) {
        const char c = i < text.size() ? text[i] : ' ';
        format |= static_cast<std::uint32_t>(c) << (8 * i);
    }
    return format;
}

std::uint32_t format_of_v4l2(std::uint32_t pixel_format) {
    const auto* const found = std::ranges::find(same_pictures, pixel_format, &SamePictures::v4l2);
    return found == same_pictures.end() ? pixel_format : found->drm;
}

} // namespace heapsel
