// SPDX-License-Identifier: LGPL-2.1-or-later
#include "suites.h"

#include <array>

#include "check.h"
#include "gstheapsellayout.h"

#include "board.h"

namespace {

using gstheapsel::layout_of;
using gstheapsel::with_alignment;
using gstheapsel::with_coded_size;

gstheapsel::Layout layout(const char* text) {
    const auto parsed = layout_of(board::caps(text).get());
    check::that(parsed.has_value(), parsed ? "" : parsed.error().reason);
    return *parsed;
}

void refused(const char* text, bool malformed) {
    const auto parsed = layout_of(board::caps(text).get());
    check::that(!parsed.has_value(), std::format("{} has a layout", text));
    check::equal(parsed.error().malformed, malformed, std::format("malformed of {}", text));
    check::that(!parsed.error().reason.empty(), "there is no reason");
}

void plain_and_drm_caps_agree() {
    const auto plain = layout(board::nv12);
    const auto drm = layout(board::drm_nv12);
    check::that(drm.dma_drm && !plain.dma_drm, "dma_drm is wrong");
    for (const auto& each : {plain, drm}) {
        check::equal(each.info.size, gsize{460800}, "size");
        check::equal(each.info.stride[0], 640, "stride");
        check::equal(each.info.offset[1], gsize{307200}, "offset of the second plane");
    }
}

void absurd_caps_are_malformed() {
    refused("video/x-raw,format=NV12,width=0,height=480", true);
    refused("video/x-raw,format=NV12,width=-16,height=480", true);
    refused("video/x-raw,format=NV12,width=2147483647,height=2147483647", true);
    refused("video/x-raw,format=ARGB64,width=65535,height=65535", true);
    refused("video/x-raw,format=NV12,width=[1,100],height=480", true);
    refused("video/x-raw,format=NONSENSE,width=640,height=480", true);
    refused("video/x-raw(memory:DMABuf),format=DMA_DRM,width=640,height=480", true);
    refused("ANY", true);
    check::that(!layout_of(nullptr).has_value(), "no caps have a layout");
}

void what_a_heap_cannot_lay_out_is_unsupported() {
    refused("video/x-h264,width=640,height=480", false);
    refused("video/x-raw(memory:GLMemory),format=RGBA,width=640,height=480", false);
    refused("video/x-raw(memory:DMABuf),format=DMA_DRM,drm-format=NV12:0x0100000000000002,"
            "width=640,height=480",
            false);
}

void ten_bits_are_packed_or_in_two_bytes() {
    const auto packed = layout("video/x-raw,format=NV12_10LE40,width=640,height=480");
    check::equal(packed.info.stride[0], 800, "stride of five bytes for four");
    check::equal(packed.info.size, gsize{800 * 480 * 3 / 2}, "size");
    check::equal(layout("video/x-raw,format=P010_10LE,width=640,height=480").info.stride[0], 1280,
                 "stride of two bytes each");

    GstVideoAlignment align{};
    align.stride_align[0] = align.stride_align[1] = 255;
    const auto aligned = with_alignment(packed, align);
    check::that(aligned.has_value(), "a usual alignment is refused");
    check::equal(aligned->info.stride[0] % 256, 0, "rest of the stride");
    check::that(aligned->info.size >= static_cast<gsize>(aligned->info.stride[0]) * 480 * 3 / 2,
                "the aligned lines do not fit");
}

void tiles_that_gstreamer_knows_have_its_size() {
    check::equal(layout("video/x-raw,format=NV12_4L4,width=640,height=480").info.size,
                 gsize{640 * 480 * 3 / 2}, "size of whole tiles");
    // Tiles of 64x32: half of 15 rows of them are 8.
    check::equal(layout("video/x-raw,format=NV12_64Z32,width=640,height=480").info.size,
                 gsize{640 * 480 + 640 * 256}, "size with tiles that are not filled");
}

/// As the drivers of Qualcomm's decoders have it: lines of a multiple of 128, their number one of
/// 32, the whole in pages.
gstheapsel::DeviceFormat of_qualcomm(guint width, guint height) {
    const guint stride = (width + 127) / 128 * 128;
    const guint lines = (height + 31) / 32 * 32;
    return {
        .height = lines,
        .memories = {{.stride = stride, .size = (stride * lines * 3 / 2 + 4095) / 4096 * 4096}}};
}

void a_device_s_own_layout_is_not_guessed() {
    // From the size of a buffer alone, each of these is another picture, or none.
    constexpr std::array sizes{std::array{720U, 480U}, std::array{800U, 600U},
                               std::array{854U, 480U}, std::array{1600U, 900U}};
    for (const auto& [width, height] : sizes) {
        const auto plain = layout(
            std::format("video/x-raw,format=NV12,width={},height={}", width, height).c_str());
        const auto device = of_qualcomm(width, height);
        const auto& frame = device.memories[0];
        const auto own = gstheapsel::laid_out_by(device, plain);
        check::that(own.has_value(), own ? "" : own.error().reason);
        check::equal(own->info.stride[0], static_cast<gint>(frame.stride), "stride");
        check::equal(own->info.offset[1], gsize{frame.stride} * device.height, "second plane");
        check::equal(own->info.size, gsize{frame.size}, "size");
        check::equal(own->info.width, static_cast<gint>(width), "width");
        const auto guessed = with_coded_size(plain, frame.size);
        check::that(!is_same_picture(guessed, *own), "the guess has it, too");
    }
}

void a_device_that_cannot_hold_the_picture_is_refused() {
    const auto plain = layout(board::nv12);
    check::that(gstheapsel::laid_out_by({480, {{640, 460800}}}, plain).has_value(), "what fits");
    for (const gstheapsel::DeviceFormat& device :
         {gstheapsel::DeviceFormat{480, {{639, 460800}}}, // shorter lines
          gstheapsel::DeviceFormat{479, {{640, 460800}}}, // fewer
          gstheapsel::DeviceFormat{480, {{640, 460799}}}, // less than they take
          gstheapsel::DeviceFormat{480, {}},              // no dma-buf, and more than planes
          gstheapsel::DeviceFormat{480, {{640, 307200}, {640, 153600}, {640, 4096}}},
          gstheapsel::DeviceFormat{480, {{640, 153600}, {640, 307200}}}, // the wrong way round
          gstheapsel::DeviceFormat{G_MAXUINT, {{640, G_MAXUINT}}}})
        check::that(!gstheapsel::laid_out_by(device, plain), "what does not fit is taken");
}

void alignment_pads_and_is_bounded() {
    GstVideoAlignment align{};
    align.stride_align[0] = align.stride_align[1] = 255;
    align.padding_bottom = 8;
    const auto aligned = with_alignment(layout(board::nv12), align);
    check::that(aligned.has_value(), "a usual alignment is refused");
    check::equal(aligned->info.stride[0], 768, "stride");
    check::equal(aligned->info.offset[1], gsize{768 * 488}, "offset of the second plane");

    align.stride_align[0] = 6;
    check::that(!with_alignment(layout(board::nv12), align), "a mask of 6 is taken");
    align.stride_align[0] = 0xffffffff;
    check::that(!with_alignment(layout(board::nv12), align), "a mask of all ones is taken");
    align.stride_align[0] = 0;
    align.padding_bottom = 0xffffffff;
    check::that(!with_alignment(layout(board::nv12), align), "a padding of 4 G is taken");
}

void coded_size_is_found_from_the_buffer_size() {
    const char* caps = "video/x-raw,format=NV12,width=700,height=500";
    const auto coded = with_coded_size(layout(caps), 704 * 504 * 3 / 2);
    check::equal(coded.info.stride[0], 704, "stride");
    check::equal(coded.info.offset[1], gsize{704 * 504}, "offset of the second plane");
    check::equal(coded.info.width, 700, "width");

    const auto macroblocks = with_coded_size(
        layout("video/x-raw,format=NV12,width=1920,height=1080"), 1920 * 1088 * 3 / 2);
    check::equal(macroblocks.info.offset[1], gsize{1920 * 1088}, "offset at 1080 lines");
}

void an_unexplained_size_leaves_the_layout() {
    const auto same = with_coded_size(layout(board::nv12), 460801);
    check::equal(same.info.offset[1], gsize{307200}, "offset of the second plane");
    check::equal(with_coded_size(layout(board::nv12), 1).info.size, gsize{460800}, "size");
}

} // namespace

std::vector<check::Test> layout_tests() {
    return {
        {"layout: plain and DMA_DRM caps agree", plain_and_drm_caps_agree},
        {"layout: absurd caps are malformed", absurd_caps_are_malformed},
        {"layout: what a heap cannot lay out is unsupported",
         what_a_heap_cannot_lay_out_is_unsupported},
        {"layout: ten bits are packed, or in two bytes", ten_bits_are_packed_or_in_two_bytes},
        {"layout: tiles that GStreamer knows have its size",
         tiles_that_gstreamer_knows_have_its_size},
        {"layout: a device's own layout is not guessed", a_device_s_own_layout_is_not_guessed},
        {"layout: a device that cannot hold the picture is refused",
         a_device_that_cannot_hold_the_picture_is_refused},
        {"layout: an alignment pads, and is bounded", alignment_pads_and_is_bounded},
        {"layout: the coded size is found from the buffer size",
         coded_size_is_found_from_the_buffer_size},
        {"layout: an unexplained size changes nothing", an_unexplained_size_leaves_the_layout},
    };
}
