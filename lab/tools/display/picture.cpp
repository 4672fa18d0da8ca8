// SPDX-License-Identifier: LGPL-2.1-or-later
#include "picture.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <drm_fourcc.h>
#include <memory>

namespace display {
namespace {

/** Colour premultiplied by alpha; 0 to 255. */
struct Pixel {
    double r, g, b, a;
};

/** Luma weights of red and blue, and the range of the samples. */
struct YuvModel {
    double kr, kb;
    double luma_offset, luma_scale, chroma_scale;

    explicit YuvModel(const PlaneScan& plane) {
        if (plane.encoding.contains("2020"))
            kr = 0.2627, kb = 0.0593;
        else if (plane.encoding.contains("709"))
            kr = 0.2126, kb = 0.0722;
        else
            kr = 0.299, kb = 0.114;
        const bool full = plane.range.contains("full");
        luma_offset = full ? 0 : 16;
        luma_scale = full ? 1 : 255.0 / 219;
        chroma_scale = full ? 1 : 255.0 / 224;
    }

    Pixel to_rgb(uint8_t y, uint8_t cb, uint8_t cr) const {
        const double luma = (y - luma_offset) * luma_scale;
        const double blue = (cb - 128) * chroma_scale * 2 * (1 - kb);
        const double red = (cr - 128) * chroma_scale * 2 * (1 - kr);
        const double green = -(kr * red + kb * blue) / (1 - kr - kb);
        const auto clamp = [](double v) { return std::clamp(v, 0.0, 255.0); };
        return {clamp(luma + red), clamp(luma + green), clamp(luma + blue), 255};
    }
};

class Source {
  public:
    explicit Source(const PlaneScan& plane)
        : plane_(plane), layout_(sampling(plane.format)), yuv_(plane) {}

    Pixel at(uint32_t x, uint32_t y) const {
        const uint8_t* p = sample(0, x, y);
        switch (plane_.format) {
        case DRM_FORMAT_XRGB8888:
            return rgb(p[2], p[1], p[0], 255);
        case DRM_FORMAT_ARGB8888:
            return rgb(p[2], p[1], p[0], p[3]);
        case DRM_FORMAT_XBGR8888:
            return rgb(p[0], p[1], p[2], 255);
        case DRM_FORMAT_ABGR8888:
            return rgb(p[0], p[1], p[2], p[3]);
        case DRM_FORMAT_RGB565: {
            const unsigned v = p[0] | static_cast<unsigned>(p[1]) << 8;
            return {(v >> 11) * 255.0 / 31, (v >> 5 & 63) * 255.0 / 63, (v & 31) * 255.0 / 31, 255};
        }
        case DRM_FORMAT_NV12:
            return yuv_.to_rgb(*p, sample(1, x, y)[0], sample(1, x, y)[1]);
        case DRM_FORMAT_NV21:
            return yuv_.to_rgb(*p, sample(1, x, y)[1], sample(1, x, y)[0]);
        case DRM_FORMAT_YUV420:
            return yuv_.to_rgb(*p, *sample(1, x, y), *sample(2, x, y));
        default: // DRM_FORMAT_YVU420: sampling() lets no other pass
            return yuv_.to_rgb(*p, *sample(2, x, y), *sample(1, x, y));
        }
    }

  private:
    static Pixel rgb(uint8_t r, uint8_t g, uint8_t b, uint8_t a) {
        return {double(r), double(g), double(b), double(a)};
    }
    const uint8_t* sample(size_t plane, uint32_t x, uint32_t y) const {
        const Sampling& s = layout_[plane];
        const ColourPlane& colour = plane_.colour[plane];
        const size_t at =
            size_t{colour.pitch} * (y / s.vertical) + size_t{s.bytes} * (x / s.horizontal);
        return reinterpret_cast<const uint8_t*>(colour.bytes.data()) + at;
    }

    const PlaneScan& plane_;
    std::vector<Sampling> layout_;
    YuvModel yuv_;
};

uint8_t over(double colour, double alpha, uint8_t below) {
    const double mixed = colour + below * (1 - alpha);
    return static_cast<uint8_t>(std::lround(std::clamp(mixed, 0.0, 255.0)));
}

void draw(const PlaneScan& plane, Picture& picture) {
    const Source source(plane);
    const double opacity = plane.alpha / 65535.0;
    const auto place = [](uint32_t from, uint32_t size, uint32_t i, uint32_t target, uint32_t end) {
        const uint64_t at = from + uint64_t{size} * i / target;
        return std::min(static_cast<uint32_t>(at >> 16), end - 1);
    };
    for (uint32_t row = 0; row < plane.target.height; ++row) {
        const int64_t y = int64_t{plane.target.y} + row;
        if (y < 0 || y >= picture.height)
            continue;
        const uint32_t from_y =
            place(plane.source[1], plane.source[3], row, plane.target.height, plane.height);
        for (uint32_t column = 0; column < plane.target.width; ++column) {
            const int64_t x = int64_t{plane.target.x} + column;
            if (x < 0 || x >= picture.width)
                continue;
            const uint32_t from_x =
                place(plane.source[0], plane.source[2], column, plane.target.width, plane.width);
            const Pixel pixel = source.at(from_x, from_y);
            const double alpha = pixel.a / 255 * opacity;
            uint8_t* out =
                &picture.rgb[(static_cast<size_t>(y) * picture.width + static_cast<size_t>(x)) * 3];
            out[0] = over(pixel.r * opacity, alpha, out[0]);
            out[1] = over(pixel.g * opacity, alpha, out[1]);
            out[2] = over(pixel.b * opacity, alpha, out[2]);
        }
    }
}

} // namespace

Picture compose(const Scanout& scanout) {
    Picture picture{.width = scanout.width, .height = scanout.height, .rgb = {}};
    picture.rgb.resize(size_t{picture.width} * picture.height * 3);
    for (const PlaneScan& plane : scanout.planes)
        if (plane.fb)
            draw(plane, picture);
    return picture;
}

Result<void> write_ppm(const Picture& picture, const std::string& path) {
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "we"),
                                                               std::fclose);
    if (!file)
        return std::unexpected(system_error(path));
    std::fprintf(file.get(), "P6\n%u %u\n255\n", picture.width, picture.height);
    std::fwrite(picture.rgb.data(), 1, picture.rgb.size(), file.get());
    if (std::fflush(file.get()) != 0 || std::ferror(file.get()))
        return std::unexpected(system_error(path));
    return {};
}

} // namespace display
