// SPDX-License-Identifier: LGPL-2.1-or-later
#include "gstheapselslot.h"

namespace gstheapsel {
namespace {

struct SlotMeta {
    GstMeta meta;
    std::size_t index;
};

GType slot_meta_api() {
    static const gchar* no_tags[] = {nullptr};
    static const GType type = gst_meta_api_type_register("GstHeapselSlotMetaAPI", no_tags);
    return type;
}

gboolean init_slot_meta(GstMeta* meta, gpointer, GstBuffer*) {
    reinterpret_cast<SlotMeta*>(meta)->index = 0;
    return TRUE;
}

const GstMetaInfo* slot_meta_info() {
    static const GstMetaInfo* const info = gst_meta_register(
        slot_meta_api(), "GstHeapselSlotMeta", sizeof(SlotMeta), init_slot_meta, nullptr, nullptr);
    return info;
}

} // namespace

void keep(GstMeta& meta) {
    meta.flags =
        static_cast<GstMetaFlags>(meta.flags | GST_META_FLAG_POOLED | GST_META_FLAG_LOCKED);
}

void add_slot_meta(GstBuffer* buffer, std::size_t index) {
    auto* meta =
        reinterpret_cast<SlotMeta*>(gst_buffer_add_meta(buffer, slot_meta_info(), nullptr));
    meta->index = index;
    keep(meta->meta);
}

std::optional<std::size_t> slot_index(GstBuffer* buffer) {
    const auto* meta =
        reinterpret_cast<const SlotMeta*>(gst_buffer_get_meta(buffer, slot_meta_api()));
    return meta == nullptr ? std::nullopt : std::optional(meta->index);
}

} // namespace gstheapsel
