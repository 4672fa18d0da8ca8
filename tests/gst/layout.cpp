// SPDX-License-Identifier: LGPL-2.1-or-later
#include "suites.h"

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
        {"layout: an alignment pads, and is bounded", alignment_pads_and_is_bounded},
        {"layout: the coded size is found from the buffer size",
         coded_size_is_found_from_the_buffer_size},
        {"layout: an unexplained size changes nothing", an_unexplained_size_leaves_the_layout},
    };
}
