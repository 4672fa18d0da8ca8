// SPDX-License-Identifier: LGPL-2.1-or-later
//
// scanout: shows a test pattern from a buffer of a heap, on a display that fetches it by DMA.

#include "heap.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <drm/drm.h>
#include <drm/drm_fourcc.h>
#include <fcntl.h>
#include <format>
#include <linux/dma-buf.h>
#include <optional>
#include <print>
#include <span>
#include <string>
#include <string_view>
#include <sys/ioctl.h>
#include <vector>

namespace {

constexpr const char* usage = R"(usage: scanout HEAP
       scanout --dumb
       scanout --enum

Takes a buffer for a picture that fills the screen from HEAP, or a dumb buffer of the display, and
does what standard input says, a line each, answered by "done" on standard output:

  draw N    draws the pattern into the buffer, moved by N pixels
  show      shows the buffer from now on
  another   takes another buffer, and keeps this one
  end       ends; as does anything else

With --enum it says instead which heaps the display lists for such a picture, a line each: "bound
NAME" or "usable NAME", and "default NAME" for what the driver takes by itself.

Exit status: 0 done, 1 failed (the message says why), 2 wrong usage.
)";

constexpr std::uint16_t width = 1024;
constexpr std::uint16_t height = 768;
constexpr std::size_t picture_size = std::size_t{width} * height * sizeof(std::uint32_t);

[[noreturn]] void fail(const std::string& what) {
    std::println(stderr, "{}: {}", what, std::strerror(errno));
    std::exit(1);
}

/// A display's device, whose calls end the program with a message if they fail.
class Card {
  public:
    Card() : fd_(open("/dev/dri/card0", O_RDWR | O_CLOEXEC)) {
        if (!fd_)
            fail("/dev/dri/card0");
    }

    [[nodiscard]] int fd() const { return fd_.get(); }

    template <typename Argument>
    void call(unsigned long request, Argument& argument, const char* what) const {
        if (ioctl(fd_.get(), request, &argument) < 0)
            fail(what);
    }

  private:
    heapsel::UniqueFd fd_;
};

std::uint64_t address_of(const void* array) {
    return reinterpret_cast<std::uintptr_t>(array);
}

struct Memory {
    heapsel::UniqueFd dma_buf; ///< not of a dumb buffer
    std::uint32_t handle;      ///< the display's, of a dumb buffer
    board::Mapping mapping;
};

board::Mapping map(int fd, std::int64_t offset) {
    auto mapping = board::Mapping::of(fd, picture_size, offset);
    if (!mapping) {
        errno = mapping.error();
        fail("mapping the buffer");
    }
    return std::move(*mapping);
}

Memory heap_memory(const board::Heap& heap) {
    auto buffer = heap.allocate(picture_size);
    if (!buffer) {
        errno = buffer.error();
        fail("allocating from " + heap.name());
    }
    auto mapping = map(buffer->get(), 0);
    return {std::move(*buffer), 0, std::move(mapping)};
}

Memory dumb_memory(const Card& card) {
    drm_mode_create_dumb dumb{};
    dumb.width = width;
    dumb.height = height;
    dumb.bpp = 32;
    card.call(DRM_IOCTL_MODE_CREATE_DUMB, dumb, "making a dumb buffer");
    drm_mode_map_dumb place{};
    place.handle = dumb.handle;
    card.call(DRM_IOCTL_MODE_MAP_DUMB, place, "mapping a dumb buffer");
    return {{}, dumb.handle, map(card.fd(), static_cast<std::int64_t>(place.offset))};
}

void sync(const Memory& memory, std::uint64_t phase) {
    dma_buf_sync request{.flags = phase | DMA_BUF_SYNC_WRITE};
    if (memory.dma_buf && ioctl(memory.dma_buf.get(), DMA_BUF_IOCTL_SYNC, &request) < 0)
        fail("synchronising the buffer");
}

/// No two pixels are alike, so one that comes from elsewhere in memory shows.
void draw(const Memory& memory, unsigned moved) {
    sync(memory, DMA_BUF_SYNC_START);
    auto* pixel = reinterpret_cast<std::uint32_t*>(memory.mapping.data());
    for (std::uint32_t y = 0; y < height; ++y) {
        for (std::uint32_t column = 0; column < width; ++column) {
            const std::uint32_t x = (column + moved) % width;
            *pixel++ = (x & 0xff) << 16 | (y & 0xff) << 8 | (x >> 8) << 6 | (y >> 8) << 4;
        }
    }
    sync(memory, DMA_BUF_SYNC_END);
}

struct Output {
    std::uint32_t crtc;
    std::uint32_t connector;
    drm_mode_modeinfo mode;
};

/// The display's only output, with the mode of our size.
Output find_output(const Card& card) {
    Output output{};
    drm_mode_card_res resources{};
    resources.crtc_id_ptr = address_of(&output.crtc);
    resources.count_crtcs = 1;
    resources.connector_id_ptr = address_of(&output.connector);
    resources.count_connectors = 1;
    card.call(DRM_IOCTL_MODE_GETRESOURCES, resources, "listing display resources");

    std::array<drm_mode_modeinfo, 64> modes{};
    drm_mode_get_connector connector{};
    connector.connector_id = output.connector;
    // Without room for modes, the connector is probed.
    card.call(DRM_IOCTL_MODE_GETCONNECTOR, connector, "probing the connector");
    connector = {};
    connector.connector_id = output.connector;
    connector.modes_ptr = address_of(modes.data());
    connector.count_modes = modes.size();
    card.call(DRM_IOCTL_MODE_GETCONNECTOR, connector, "listing modes");
    const std::span listed(modes.data(),
                           std::min<std::size_t>(connector.count_modes, modes.size()));
    const auto mode = std::ranges::find_if(listed, [](const drm_mode_modeinfo& candidate) {
        return candidate.hdisplay == width && candidate.vdisplay == height;
    });
    if (mode == listed.end()) {
        std::println(stderr, "the display has no mode of {}x{}", width, height);
        std::exit(1);
    }
    output.mode = *mode;
    return output;
}

void show(const Card& card, const Memory& memory) {
    drm_prime_handle prime{.handle = memory.handle, .flags = 0, .fd = memory.dma_buf.get()};
    if (memory.dma_buf)
        card.call(DRM_IOCTL_PRIME_FD_TO_HANDLE, prime, "importing the buffer");
    drm_mode_fb_cmd2 frame{};
    frame.width = width;
    frame.height = height;
    frame.pixel_format = DRM_FORMAT_XRGB8888;
    frame.handles[0] = prime.handle;
    frame.pitches[0] = width * sizeof(std::uint32_t);
    card.call(DRM_IOCTL_MODE_ADDFB2, frame, "making a framebuffer");

    Output output = find_output(card);
    drm_mode_crtc crtc{};
    crtc.crtc_id = output.crtc;
    crtc.fb_id = frame.fb_id;
    crtc.set_connectors_ptr = address_of(&output.connector);
    crtc.count_connectors = 1;
    crtc.mode_valid = 1;
    crtc.mode = output.mode;
    card.call(DRM_IOCTL_MODE_SETCRTC, crtc, "setting the mode");
}

int do_as_told(const Card& card, const std::optional<board::Heap>& heap) {
    const auto take = [&] { return heap ? heap_memory(*heap) : dumb_memory(card); };
    std::vector<Memory> taken;
    taken.push_back(take());
    std::array<char, 32> line{};
    while (std::fgets(line.data(), line.size(), stdin) != nullptr) {
        unsigned moved = 0;
        if (std::sscanf(line.data(), "draw %u", &moved) == 1)
            draw(taken.back(), moved);
        else if (line.data() == std::string_view("show\n"))
            show(card, taken.back());
        else if (line.data() == std::string_view("another\n"))
            taken.push_back(take());
        else
            break;
        std::println("done");
        std::fflush(stdout);
    }
    return 0;
}

std::string_view state_of(const drm_mode_heap& heap) {
    if ((heap.flags & DRM_MODE_HEAP_DEFAULT) != 0)
        return "default";
    return (heap.flags & DRM_MODE_HEAP_BOUND) != 0 ? "bound" : "usable";
}

int enumerate(const Card& card) {
    drm_set_client_cap capability{.capability = DRM_CLIENT_CAP_UNIVERSAL_PLANES, .value = 1};
    card.call(DRM_IOCTL_SET_CLIENT_CAP, capability, "asking for all planes");
    std::uint32_t plane = 0;
    drm_mode_get_plane_res planes{};
    planes.plane_id_ptr = address_of(&plane);
    planes.count_planes = 1;
    card.call(DRM_IOCTL_MODE_GETPLANERESOURCES, planes, "listing planes");
    std::array<drm_mode_heap, 16> heaps{};
    drm_mode_list_heaps list{};
    list.plane_id = plane;
    list.pixel_format = DRM_FORMAT_XRGB8888;
    list.modifier = DRM_FORMAT_MOD_INVALID;
    list.heaps_ptr = address_of(heaps.data());
    list.count_heaps = heaps.size();
    card.call(DRM_IOCTL_MODE_LIST_HEAPS, list, "listing heaps");
    for (const drm_mode_heap& heap :
         std::span(heaps).first(std::min(heaps.size(), static_cast<std::size_t>(list.count_heaps))))
        std::println("{} {}", state_of(heap), reinterpret_cast<const char*>(heap.name));
    return 0;
}

} // namespace

int main(int argc, char** argv) {
    const std::string_view what = argc == 2 ? argv[1] : "";
    if (what == "--enum")
        return enumerate(Card());
    if (what == "--dumb")
        return do_as_told(Card(), std::nullopt);
    if (!what.empty() && !what.starts_with('-'))
        return do_as_told(Card(), board::Heap(std::string(what)));
    std::print(stderr, "{}", usage);
    return 2;
}
