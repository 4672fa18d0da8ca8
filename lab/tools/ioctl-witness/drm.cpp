// SPDX-License-Identifier: LGPL-2.1-or-later
#include "call.hpp"
#include "json_line.hpp"
#include "state.hpp"

#include <array>
#include <cstring>
#include <drm.h>
#include <drm_mode.h>
#include <optional>
#include <string_view>

namespace witness {
namespace {

void put_head(JsonLine& line, const Call& call) {
    put_times(line, call);
    put_device(line, call.fd);
}

void put_memory(JsonLine& line, const Memory& memory) {
    if (memory.inode)
        line.number("inode", memory.inode);
    else
        line.null("inode");
    if (memory.dumb)
        line.number("dumb", memory.dumb);
}

/** Appends fb and mem, one entry per plane of the framebuffer; mem is null where the framebuffer
 *  was not made in this process, and absent for fb 0, which shows nothing. */
void put_framebuffer(JsonLine& line, dev_t device, uint32_t fb) {
    line.number("fb", fb);
    if (fb == 0)
        return;
    const auto planes = framebuffer(device, fb);
    if (!planes) {
        line.null("mem").boolean("unresolved", true);
        return;
    }
    line.open_array("mem");
    for (size_t i = 0; i < planes->count; ++i) {
        line.open_object();
        put_memory(line, planes->memory[i]);
        line.close_object();
    }
    line.close_array();
}

/** The vblank count of a CRTC, which is also the frame number of its CRC; none while it is off. */
std::optional<uint64_t> vblank_count(const Call& call, uint32_t crtc) {
    drm_crtc_get_sequence query{};
    query.crtc_id = crtc;
    if (crtc == 0 || call.real(call.fd, DRM_IOCTL_CRTC_GET_SEQUENCE, &query) != 0)
        return std::nullopt;
    return query.sequence;
}

/** Runs an update of what is shown, with the vblank count on either side of it. */
struct Update {
    std::optional<uint64_t> before;
    std::optional<uint64_t> after;

    Update(Call& call, uint32_t crtc) {
        before = vblank_count(call, crtc);
        call.perform();
        after = vblank_count(call, crtc);
    }
    void put(JsonLine& line) const {
        if (before)
            line.number("seq0", *before);
        if (after)
            line.number("seq1", *after);
    }
};

void observe_import(Call& call) {
    call.perform();
    const auto& prime = call.as<drm_prime_handle>();
    const uint64_t inode = dma_buf_inode(prime.fd);
    if (!call.failed())
        set_handle_inode(file_of(call.fd), prime.handle, inode);
    JsonLine line("prime_import");
    put_head(line, call);
    line.number("handle", prime.handle);
    put_memory(line, {.inode = inode, .dumb = 0});
    emit(line);
}

void observe_export(Call& call) {
    call.perform();
    const auto& prime = call.as<drm_prime_handle>();
    const uint32_t file = file_of(call.fd);
    if (!call.failed())
        set_handle_inode(file, prime.handle, dma_buf_inode(prime.fd));
    JsonLine line("prime_export");
    put_head(line, call);
    line.number("handle", prime.handle);
    put_memory(line, handle_memory(file, prime.handle));
    emit(line);
}

void observe_create_dumb(Call& call) {
    call.perform();
    const auto& dumb = call.as<drm_mode_create_dumb>();
    const uint32_t file = file_of(call.fd);
    if (!call.failed())
        add_dumb(file, dumb.handle);
    JsonLine line("create_dumb");
    put_head(line, call);
    line.number("handle", dumb.handle);
    line.number("width", dumb.width).number("height", dumb.height).number("bpp", dumb.bpp);
    line.number("size", uint64_t{dumb.size});
    put_memory(line, handle_memory(file, dumb.handle));
    emit(line);
}

void observe_map_dumb(Call& call) {
    call.perform();
    const auto& map = call.as<drm_mode_map_dumb>();
    JsonLine line("map_dumb");
    put_head(line, call);
    line.number("handle", map.handle).number("offset", uint64_t{map.offset});
    put_memory(line, handle_memory(file_of(call.fd), map.handle));
    emit(line);
}

void observe_close_handle(Call& call, std::string_view event, uint32_t handle) {
    const uint32_t file = file_of(call.fd);
    const Memory memory = take_handle(file, handle);
    call.perform();
    if (call.failed())
        put_back_handle(file, handle, memory);
    JsonLine line(event);
    put_head(line, call);
    line.number("handle", handle);
    put_memory(line, memory);
    emit(line);
}

void observe_addfb(Call& call) {
    call.perform();
    const auto& add = call.as<drm_mode_fb_cmd>();
    const dev_t device = device_number(call.fd);
    if (!call.failed())
        add_framebuffer(device, add.fb_id, file_of(call.fd), {add.handle}, 1);
    JsonLine line("addfb");
    put_head(line, call);
    line.number("width", add.width).number("height", add.height).number("bpp", add.bpp);
    put_framebuffer(line, device, call.failed() ? 0 : add.fb_id);
    emit(line);
}

void observe_addfb2(Call& call) {
    call.perform();
    const auto& add = call.as<drm_mode_fb_cmd2>();
    const dev_t device = device_number(call.fd);
    std::array<uint32_t, 4> handles{};
    uint32_t count = 0;
    while (count < handles.size() && add.handles[count] != 0) {
        handles[count] = add.handles[count];
        ++count;
    }
    if (!call.failed())
        add_framebuffer(device, add.fb_id, file_of(call.fd), handles, count);
    std::array<char, 4> fourcc;
    std::memcpy(fourcc.data(), &add.pixel_format, fourcc.size());
    JsonLine line("addfb2");
    put_head(line, call);
    line.number("width", add.width).number("height", add.height);
    line.text("format", {fourcc.data(), fourcc.size()});
    line.open_array("layout");
    for (size_t i = 0; i < count; ++i)
        line.open_object()
            .number("handle", handles[i])
            .number("pitch", add.pitches[i])
            .number("offset", add.offsets[i])
            .close_object();
    line.close_array();
    put_framebuffer(line, device, call.failed() ? 0 : add.fb_id);
    emit(line);
}

void observe_rmfb(Call& call, std::string_view event, uint32_t fb) {
    const dev_t device = device_number(call.fd);
    JsonLine line(event);
    put_framebuffer(line, device, fb);
    // Before the call, after which the number may be given to another framebuffer.
    take_framebuffer(device, fb);
    call.perform();
    put_head(line, call);
    emit(line);
}

void observe_setplane(Call& call) {
    const auto& set = call.as<drm_mode_set_plane>();
    const Update update(call, set.crtc_id);
    JsonLine line("setplane");
    put_head(line, call);
    line.number("plane", set.plane_id).number("crtc", set.crtc_id);
    line.number("x", set.crtc_x).number("y", set.crtc_y);
    line.number("w", set.crtc_w).number("h", set.crtc_h);
    update.put(line);
    put_framebuffer(line, device_number(call.fd), set.fb_id);
    emit(line);
}

void observe_setcrtc(Call& call) {
    const auto& set = call.as<drm_mode_crtc>();
    const Update update(call, set.crtc_id);
    JsonLine line("setcrtc");
    put_head(line, call);
    line.number("crtc", set.crtc_id);
    if (set.mode_valid)
        line.number("w", set.mode.hdisplay).number("h", set.mode.vdisplay);
    update.put(line);
    put_framebuffer(line, device_number(call.fd), set.fb_id);
    emit(line);
}

void observe_page_flip(Call& call) {
    const auto& flip = call.as<drm_mode_crtc_page_flip>();
    const Update update(call, flip.crtc_id);
    JsonLine line("page_flip");
    put_head(line, call);
    line.number("crtc", flip.crtc_id).hex("flags", flip.flags);
    line.hex("user", uint64_t{flip.user_data});
    update.put(line);
    put_framebuffer(line, device_number(call.fd), flip.fb_id);
    emit(line);
}

Property meaning_of(const Call& call, dev_t device, uint32_t id) {
    Property meaning = property(device, id);
    if (meaning != Property::unknown)
        return meaning;
    drm_mode_get_property query{};
    query.prop_id = id;
    if (call.real(call.fd, DRM_IOCTL_MODE_GETPROPERTY, &query) != 0)
        return Property::unknown;
    const std::string_view name(query.name, strnlen(query.name, sizeof(query.name)));
    meaning = name == "FB_ID"     ? Property::fb_id
              : name == "CRTC_ID" ? Property::crtc_id
                                  : Property::other;
    set_property(device, id, meaning);
    return meaning;
}

template <typename T>
const T* user_array(uint64_t pointer) {
    return reinterpret_cast<const T*>(static_cast<uintptr_t>(pointer));
}

void observe_atomic(Call& call) {
    const auto& atomic = call.as<drm_mode_atomic>();
    const dev_t device = device_number(call.fd);
    call.perform();
    JsonLine line("atomic");
    put_head(line, call);
    line.hex("flags", atomic.flags).hex("user", uint64_t{atomic.user_data});
    line.boolean("test_only", (atomic.flags & DRM_MODE_ATOMIC_TEST_ONLY) != 0);
    line.boolean("nonblock", (atomic.flags & DRM_MODE_ATOMIC_NONBLOCK) != 0);

    const auto* objects = user_array<uint32_t>(atomic.objs_ptr);
    const auto* counts = user_array<uint32_t>(atomic.count_props_ptr);
    const auto* props = user_array<uint32_t>(atomic.props_ptr);
    const auto* values = user_array<uint64_t>(atomic.prop_values_ptr);
    uint32_t unresolved = 0;
    size_t next = 0;
    line.open_array("planes");
    for (size_t o = 0; o < atomic.count_objs; ++o) {
        std::optional<uint32_t> fb;
        uint32_t crtc = 0;
        for (uint32_t p = 0; p < counts[o]; ++p, ++next) {
            switch (meaning_of(call, device, props[next])) {
            case Property::fb_id:
                fb = static_cast<uint32_t>(values[next]);
                break;
            case Property::crtc_id:
                crtc = static_cast<uint32_t>(values[next]);
                break;
            case Property::unknown:
                ++unresolved;
                break;
            case Property::other:
                break;
            }
        }
        if (!fb)
            continue;
        line.open_object().number("plane", objects[o]);
        if (crtc) {
            line.number("crtc", crtc);
            if (const auto count = vblank_count(call, crtc))
                line.number("seq1", *count);
        }
        put_framebuffer(line, device, *fb);
        line.close_object();
    }
    line.close_array();
    if (unresolved)
        line.boolean("unresolved", true);
    emit(line);
}

} // namespace

bool observe_drm(Call& call) {
    switch (call.request) {
    case DRM_IOCTL_PRIME_FD_TO_HANDLE:
        observe_import(call);
        return true;
    case DRM_IOCTL_PRIME_HANDLE_TO_FD:
        observe_export(call);
        return true;
    case DRM_IOCTL_MODE_CREATE_DUMB:
        observe_create_dumb(call);
        return true;
    case DRM_IOCTL_MODE_MAP_DUMB:
        observe_map_dumb(call);
        return true;
    case DRM_IOCTL_MODE_DESTROY_DUMB:
        observe_close_handle(call, "destroy_dumb", call.as<drm_mode_destroy_dumb>().handle);
        return true;
    case DRM_IOCTL_GEM_CLOSE:
        observe_close_handle(call, "gem_close", call.as<drm_gem_close>().handle);
        return true;
    case DRM_IOCTL_MODE_ADDFB:
        observe_addfb(call);
        return true;
    case DRM_IOCTL_MODE_ADDFB2:
        observe_addfb2(call);
        return true;
    case DRM_IOCTL_MODE_RMFB:
        observe_rmfb(call, "rmfb", call.as<uint32_t>());
        return true;
    case DRM_IOCTL_MODE_CLOSEFB:
        observe_rmfb(call, "closefb", call.as<drm_mode_closefb>().fb_id);
        return true;
    case DRM_IOCTL_MODE_SETPLANE:
        observe_setplane(call);
        return true;
    case DRM_IOCTL_MODE_SETCRTC:
        observe_setcrtc(call);
        return true;
    case DRM_IOCTL_MODE_PAGE_FLIP:
        observe_page_flip(call);
        return true;
    case DRM_IOCTL_MODE_ATOMIC:
        observe_atomic(call);
        return true;
    default:
        return false;
    }
}

void observe_drm_events(int fd, const void* data, uint64_t size) {
    const auto* bytes = static_cast<const char*>(data);
    uint64_t at = 0;
    while (at + sizeof(drm_event) <= size) {
        drm_event head;
        std::memcpy(&head, bytes + at, sizeof(head));
        if (head.length < sizeof(head) || at + head.length > size)
            return;
        const bool flip = head.type == DRM_EVENT_FLIP_COMPLETE;
        if ((flip || head.type == DRM_EVENT_VBLANK) && head.length >= sizeof(drm_event_vblank)) {
            drm_event_vblank event;
            std::memcpy(&event, bytes + at, sizeof(event));
            Call read{.fd = fd, .request = 0, .arg = nullptr, .real = nullptr, .errno_before = 0};
            read.t0 = read.t1 = monotonic_ns();
            JsonLine line(flip ? "flip_complete" : "vblank");
            put_head(line, read);
            line.number("crtc", event.crtc_id).number("seq", event.sequence);
            line.number("kernel_ns",
                        uint64_t{event.tv_sec} * 1'000'000'000U + uint64_t{event.tv_usec} * 1'000U);
            line.hex("user", uint64_t{event.user_data});
            emit(line);
        }
        at += head.length;
    }
}

} // namespace witness
