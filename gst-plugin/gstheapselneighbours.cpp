// SPDX-License-Identifier: LGPL-2.1-or-later
#include "gstheapselneighbours.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include <gst/base/gstbasetransform.h>

namespace gstheapsel {
namespace {

/// The pads on the other side of the element that what goes through `pad` goes through.
std::vector<Ref<GstPad>> linked_inside(GstPad* pad) {
    std::vector<Ref<GstPad>> pads;
    GstIterator* all = gst_pad_iterate_internal_links(pad);
    if (all == nullptr)
        return pads;
    (void)gst_iterator_foreach(
        all,
        [](const GValue* item, gpointer found) {
            auto* found_pads = static_cast<std::vector<Ref<GstPad>>*>(found);
            found_pads->emplace_back(GST_PAD(g_value_dup_object(item)));
        },
        &pads);
    gst_iterator_free(all);
    return pads;
}

/// Goes on from one pad to the next. Pipelines have no circles; the limit is for those that do.
class Walk {
  public:
    std::vector<Neighbour> from(GstPad* pad) {
        step(pad, false, 0);
        return std::move(found_);
    }

  private:
    static constexpr int longest = 64;

    void step(GstPad* pad, bool behind_tee, int steps) {
        const Ref<GstPad> peer = real_peer(pad);
        Ref<GstElement> element(peer ? gst_pad_get_parent_element(peer.get()) : nullptr);
        if (!element || steps > longest || is_known(element.get()))
            return;
        if (!passes_on(element.get())) {
            found_.push_back({std::move(element), behind_tee});
            return;
        }
        const bool tee = behind_tee || factory_name(element.get()) == "tee";
        for (const auto& next : linked_inside(peer.get()))
            step(next.get(), tee, steps + 1);
    }

    [[nodiscard]] bool is_known(GstElement* element) const {
        return std::ranges::any_of(
            found_, [&](const Neighbour& one) { return one.element.get() == element; });
    }

    std::vector<Neighbour> found_;
};

} // namespace

bool passes_on(GstElement* element) {
    constexpr std::array<std::string_view, 12> passing{
        "queue", "queue2", "multiqueue",     "capsfilter",      "identity",           "tee",
        "valve", "funnel", "input-selector", "output-selector", "streamsynchronizer", "concat"};
    return std::ranges::contains(passing, factory_name(element)) ||
           (GST_IS_BASE_TRANSFORM(element) &&
            gst_base_transform_is_passthrough(GST_BASE_TRANSFORM(element)));
}

Ref<GstPad> real_peer(GstPad* pad) {
    Ref<GstPad> peer(gst_pad_get_peer(pad));
    while (peer) {
        if (GST_IS_GHOST_PAD(peer.get())) // Into a bin.
            peer.reset(gst_ghost_pad_get_target(GST_GHOST_PAD(peer.get())));
        else if (GST_IS_PROXY_PAD(peer.get())) { // Out of one.
            const Ref<GstProxyPad> ghost(gst_proxy_pad_get_internal(GST_PROXY_PAD(peer.get())));
            peer.reset(ghost ? gst_pad_get_peer(GST_PAD(ghost.get())) : nullptr);
        } else
            break;
    }
    return peer;
}

std::string factory_name(GstElement* element) {
    GstElementFactory* factory = gst_element_get_factory(element);
    return factory != nullptr ? GST_OBJECT_NAME(factory) : "";
}

std::vector<Neighbour> fillers_of(GstPad* sinkpad) {
    return Walk().from(sinkpad);
}

std::vector<Neighbour> readers_of(GstPad* srcpad) {
    return Walk().from(srcpad);
}

} // namespace gstheapsel
