// SPDX-License-Identifier: LGPL-2.1-or-later
#include "display.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <format>
#include <optional>
#include <sys/stat.h>
#include <utility>
#include <xf86drm.h>

#include <heapsel/display_device.hpp>
#include <heapsel/pixel_format.hpp>

namespace example {
namespace {

struct Wanted {
    std::string card;
    std::string connector;
};

Wanted parse(const std::string& word) {
    const auto colon = word.rfind(':');
    if (colon != std::string::npos)
        return {.card = word.substr(0, colon), .connector = word.substr(colon + 1)};
    const bool card = word.starts_with("card") || word.starts_with('/');
    return card ? Wanted{.card = word, .connector = {}} : Wanted{.card = {}, .connector = word};
}

/// Open for atomic modesetting; nothing if the device does not do that.
heapsel::UniqueFd open_for_modesetting(const std::string& node) {
    heapsel::UniqueFd fd(::open(node.c_str(), O_RDWR | O_CLOEXEC));
    if (fd.get() < 0 || drmSetClientCap(fd.get(), DRM_CLIENT_CAP_UNIVERSAL_PLANES, 1) != 0 ||
        drmSetClientCap(fd.get(), DRM_CLIENT_CAP_ATOMIC, 1) != 0)
        return {};
    return fd;
}

std::optional<ino_t> inode(int fd) {
    struct stat status{};
    if (::fstat(fd, &status) != 0)
        return std::nullopt;
    return status.st_ino;
}

void add(drmModeAtomicReq& request, const kms::Properties& of, const char* name,
         std::optional<std::uint64_t> value) {
    if (const std::uint32_t number = of.number(name); number != 0 && value)
        drmModeAtomicAddProperty(&request, of.object(), number, *value);
}

} // namespace

Display::Display(std::string card, heapsel::UniqueFd fd, kms::Output output, heapsel::Plane plane)
    : card_(std::move(card)), fd_(std::move(fd)), output_(std::move(output)),
      plane_(std::move(plane)),
      connector_properties_(fd_.get(), output_.connector, DRM_MODE_OBJECT_CONNECTOR),
      crtc_properties_(fd_.get(), output_.crtc, DRM_MODE_OBJECT_CRTC),
      plane_properties_(fd_.get(), output_.plane, DRM_MODE_OBJECT_PLANE),
      mode_(output_.modes.front()) {}

OrFailure<Display> Display::open(const std::string& word) {
    const Wanted wanted = parse(word);
    std::vector<heapsel::DisplayDevice> cards;
    if (wanted.card.empty()) {
        cards = heapsel::list_display_devices();
    } else {
        auto card = heapsel::find_display_device(wanted.card);
        if (!card)
            return failure(Status::no_display, card.error());
        cards.push_back(*std::move(card));
    }
    for (const auto& card : cards) {
        auto fd = open_for_modesetting(card.node);
        auto output = fd.get() < 0 ? std::nullopt : kms::find_output(fd.get(), wanted.connector);
        if (!output)
            continue;
        const auto plane = std::ranges::find(card.planes, output->plane,
                                             [](const auto& shown) { return shown.plane.id; });
        if (plane == card.planes.end())
            continue;
        if (drmIsMaster(fd.get()) == 0)
            return failure(Status::no_display,
                           std::format("Another program has {}: end it, or take another display "
                                       "(-D).",
                                       card.name));
        return Display(card.name, std::move(fd), *std::move(output), plane->plane);
    }
    return failure(Status::no_display,
                   std::format("There is no display{}{} that is connected and takes atomic "
                               "modesetting.",
                               word.empty() ? "" : " ", word));
}

Display::~Display() {
    if (fd_.get() < 0)
        return;
    if (on_) {
        const kms::AtomicRequest request(drmModeAtomicAlloc());
        add(*request, plane_properties_, "FB_ID", 0);
        add(*request, plane_properties_, "CRTC_ID", 0);
        add(*request, connector_properties_, "CRTC_ID", 0);
        add(*request, crtc_properties_, "ACTIVE", 0);
        add(*request, crtc_properties_, "MODE_ID", 0);
        drmModeAtomicCommit(fd_.get(), request.get(), DRM_MODE_ATOMIC_ALLOW_MODESET, nullptr);
    }
    for (const std::uint32_t framebuffer : framebuffers_)
        drmModeRmFB(fd_.get(), framebuffer);
    if (mode_blob_ != 0)
        drmModeDestroyPropertyBlob(fd_.get(), mode_blob_);
}

std::string Display::name() const {
    return card_ + ":" + output_.connector_name;
}

std::string Display::device(std::uint32_t format) const {
    return std::format("{}:{}:{}", card_, output_.plane, heapsel::format_name(format));
}

void Display::expect(const Picture& picture) {
    picture_ = picture;
    const auto same = std::ranges::find_if(output_.modes, [&](const drmModeModeInfo& mode) {
        return mode.hdisplay == picture.width && mode.vdisplay == picture.height;
    });
    mode_ = same == output_.modes.end() ? output_.modes.front() : *same;
}

OrFailure<void> Display::import(const heapsel::Buffer& memory,
                                const heapsel::BufferLayout& layout) {
    std::uint32_t handle = 0;
    if (drmPrimeFDToHandle(fd_.get(), memory.fd(), &handle) != 0)
        return failure(Status::no_display,
                       std::format("{} does not take a buffer of {}: {}.", name(), memory.heap(),
                                   std::strerror(errno)));
    std::array<std::uint32_t, 4> handles{};
    std::array<std::uint32_t, 4> pitches{};
    std::array<std::uint32_t, 4> offsets{};
    for (std::size_t i = 0; i < layout.planes.size(); ++i) {
        handles.at(i) = handle;
        pitches.at(i) = layout.planes[i].stride;
        offsets.at(i) = layout.planes[i].offset;
    }
    std::uint32_t framebuffer = 0;
    const int status =
        drmModeAddFB2(fd_.get(), picture_.width, picture_.height, picture_.format, handles.data(),
                      pitches.data(), offsets.data(), &framebuffer, 0);
    const int error = errno;
    // The framebuffer keeps the memory.
    drmCloseBufferHandle(fd_.get(), handle);
    if (status != 0)
        return failure(Status::no_display, std::format("{} does not take such pictures: {}.",
                                                       name(), std::strerror(error)));
    framebuffers_.push_back(framebuffer);
    return {};
}

bool Display::is_of(std::size_t framebuffer, const heapsel::Buffer& memory) const {
    const kms::Owned<drmModeFB2, drmModeFreeFB2> made(
        drmModeGetFB2(fd_.get(), framebuffers_.at(framebuffer)));
    int number = -1;
    if (!made || drmPrimeHandleToFD(fd_.get(), made->handles[0], DRM_CLOEXEC, &number) != 0)
        return false;
    const heapsel::UniqueFd behind(number);
    drmCloseBufferHandle(fd_.get(), made->handles[0]);
    return inode(number).has_value() && inode(number) == inode(memory.fd());
}

OrFailure<void> Display::show(std::size_t framebuffer) {
    const kms::AtomicRequest request(drmModeAtomicAlloc());
    std::uint32_t flags = DRM_MODE_ATOMIC_NONBLOCK | DRM_MODE_PAGE_FLIP_EVENT;
    if (!on_) {
        switch_on(*request);
        flags |= DRM_MODE_ATOMIC_ALLOW_MODESET;
    }
    add(*request, plane_properties_, "FB_ID", framebuffers_.at(framebuffer));
    if (drmModeAtomicCommit(fd_.get(), request.get(), flags, flip_.get()) != 0)
        return gone(errno);
    on_ = true;
    return {};
}

void Display::switch_on(drmModeAtomicReq& request) {
    drmModeCreatePropertyBlob(fd_.get(), &mode_, sizeof mode_, &mode_blob_);
    add(request, connector_properties_, "CRTC_ID", output_.crtc);
    add(request, crtc_properties_, "MODE_ID", mode_blob_);
    add(request, crtc_properties_, "ACTIVE", 1);
    add(request, plane_properties_, "CRTC_ID", output_.crtc);
    place_picture(request);
    set_colours(request);
}

/// In the middle, and what does not fit is cut off on all sides.
void Display::place_picture(drmModeAtomicReq& request) const {
    constexpr unsigned fraction_bits = 16;
    const std::uint32_t width = std::min<std::uint32_t>(picture_.width, mode_.hdisplay);
    const std::uint32_t height = std::min<std::uint32_t>(picture_.height, mode_.vdisplay);
    const auto fixed = [](std::uint32_t pixels) { return std::uint64_t{pixels} << fraction_bits; };
    add(request, plane_properties_, "SRC_X", fixed((picture_.width - width) / 2));
    add(request, plane_properties_, "SRC_Y", fixed((picture_.height - height) / 2));
    add(request, plane_properties_, "SRC_W", fixed(width));
    add(request, plane_properties_, "SRC_H", fixed(height));
    add(request, plane_properties_, "CRTC_X", (mode_.hdisplay - width) / 2);
    add(request, plane_properties_, "CRTC_Y", (mode_.vdisplay - height) / 2);
    add(request, plane_properties_, "CRTC_W", width);
    add(request, plane_properties_, "CRTC_H", height);
}

void Display::set_colours(drmModeAtomicReq& request) const {
    const char* const encoding = picture_.rec709 ? "ITU-R BT.709 YCbCr" : "ITU-R BT.601 YCbCr";
    const char* const range = picture_.full_range ? "YCbCr full range" : "YCbCr limited range";
    add(request, plane_properties_, "COLOR_ENCODING",
        plane_properties_.word("COLOR_ENCODING", encoding));
    add(request, plane_properties_, "COLOR_RANGE", plane_properties_.word("COLOR_RANGE", range));
}

OrFailure<bool> Display::flipped() {
    drmEventContext context{};
    context.version = 2;
    context.page_flip_handler = [](int, unsigned, unsigned, unsigned, void* flip) {
        *static_cast<bool*>(flip) = true;
    };
    if (drmHandleEvent(fd_.get(), &context) != 0)
        return gone(errno);
    return std::exchange(*flip_, false);
}

std::unexpected<Failure> Display::gone(int error) const {
    return failure(Status::no_display, std::format("The display {} takes no picture any more: {}.",
                                                   name(), std::strerror(error)));
}

} // namespace example
