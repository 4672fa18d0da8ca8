// SPDX-License-Identifier: LGPL-2.1-or-later
#include "gstheapselcopiesobserver.h"

#include <utility>

#include "gstheapselcopiesmemory.h"

namespace gstheapsel::copies {
namespace {

/// A chain function that runs.
struct Visit {
    std::shared_ptr<Element> element;
    const GstPad* pad = nullptr;
    bool last = false;   ///< The element has no source pad.
    Frame frame{};       ///< What came in, the first of several.
    unsigned frames = 0; ///< 0: it is no raw video.
    unsigned copies = 0; ///< That the element made meanwhile, and that no output stands for.
};

/// What runs in this thread, the innermost last.
class Visits {
  public:
    void enter(Visit visit) {
        settle();
        open_.push_back(std::move(visit));
    }

    /// The one that `pad` began; nothing if that was not followed.
    std::optional<Visit> leave(const GstPad* pad) {
        settle();
        if (open_.empty() || open_.back().pad != pad)
            return std::nullopt;
        Visit visit = std::move(open_.back());
        open_.pop_back();
        return visit;
    }

    /// The list that goes through `pad` is taken apart: each frame of it is judged by itself.
    void take_apart(const GstPad* pad) {
        if (!open_.empty() && open_.back().pad == pad)
            open_.back().frames = 0;
    }

    /// Copies that `element` made before it pushes: within its chain function, or in a thread of
    /// its own.
    unsigned take_copies(const Element& element) {
        settle();
        if (open_.empty())
            return std::exchange(by_thread_, 0U);
        return open_.back().element.get() == &element ? std::exchange(open_.back().copies, 0U) : 0;
    }

  private:
    void settle() { (open_.empty() ? by_thread_ : open_.back().copies) += CopyWatch::take(); }

    std::vector<Visit> open_;
    unsigned by_thread_ = 0;
};

thread_local Visits visits;

bool is_raw_video(GstPad* pad) {
    GstCaps* caps = gst_pad_get_current_caps(pad);
    if (caps == nullptr)
        return false;
    const bool raw = gst_structure_has_name(gst_caps_get_structure(caps, 0), "video/x-raw");
    gst_caps_unref(caps);
    return raw;
}

bool has_no_source(GstPad* pad) {
    const auto* element = GST_ELEMENT_CAST(GST_OBJECT_PARENT(pad));
    return element != nullptr && element->numsrcpads == 0;
}

/// The element was given the frame that came in.
void take_in(Visit& visit, GstBuffer* buffer) {
    const Frame frame = look_at(buffer, visit.element->id());
    if (frame.bytes == 0)
        return;
    give(buffer, visit.element->id());
    visit.element->came(frame.where);
    if (visit.frames++ == 0)
        visit.frame = frame;
}

const Where& own_memory() {
    static const Where where{g_intern_static_string("its own memory"), false};
    return where;
}

} // namespace

Observer::Observer(std::function<void(const Event&)> on_verdict)
    : on_verdict_(std::move(on_verdict)) {}

void Observer::tell(Element& element, Verdict verdict, const Where& from, const Where& to,
                    std::uint64_t bytes) {
    element.count(verdict, from, to, bytes);
    on_verdict_({element, verdict, from, to, bytes});
}

void Observer::judge_output(Element& element, GstBuffer* buffer, bool by_cpu) {
    const Frame frame = look_at(buffer, element.id());
    if (frame.bytes == 0)
        return;
    element.gave();
    const auto from = element.last_input();
    const Verdict verdict =
        judge({.from = from, .to = frame.where, .was_given = frame.fresh == 0, .by_cpu = by_cpu});
    if (verdict == Verdict::passed)
        tell(element, verdict, frame.where, frame.where, frame.bytes);
    else if (from || verdict == Verdict::made)
        tell(element, verdict, from.value_or(Where{}), frame.where, frame.fresh);
    else
        tell(element, verdict, own_memory(), frame.where, frame.fresh);
}

void Observer::pushes(GstPad* srcpad, GstBuffer* buffer) {
    const auto element = elements_.of(srcpad);
    if (!element)
        return;
    const unsigned copies = visits.take_copies(*element);
    if (is_raw_video(srcpad))
        judge_output(*element, buffer, copies > 0);
}

void Observer::pushes(GstPad* srcpad, GstBufferList* list) {
    const auto element = elements_.of(srcpad);
    if (!element)
        return;
    const unsigned copies = visits.take_copies(*element);
    if (!is_raw_video(srcpad))
        return;
    for (guint index = 0; index < gst_buffer_list_length(list); ++index)
        judge_output(*element, gst_buffer_list_get(list, index), copies > 0);
}

void Observer::begins(GstPad* sinkpad, GstBuffer* buffer) {
    auto element = elements_.of(sinkpad);
    if (!element)
        return;
    visits.take_apart(sinkpad);
    Visit visit{.element = std::move(element), .pad = sinkpad, .last = has_no_source(sinkpad)};
    if (is_raw_video(sinkpad))
        take_in(visit, buffer);
    visits.enter(std::move(visit));
}

void Observer::begins(GstPad* sinkpad, GstBufferList* list) {
    auto element = elements_.of(sinkpad);
    if (!element)
        return;
    Visit visit{.element = std::move(element), .pad = sinkpad, .last = has_no_source(sinkpad)};
    if (is_raw_video(sinkpad))
        for (guint index = 0; index < gst_buffer_list_length(list); ++index)
            take_in(visit, gst_buffer_list_get(list, index));
    visits.enter(std::move(visit));
}

void Observer::ends(GstPad* sinkpad, GstFlowReturn result) {
    const auto visit = visits.leave(sinkpad);
    // Of what gives frames on, those are judged.
    if (!visit || visit->frames == 0 || visit->element->gives_frames())
        return;
    const Where& from = visit->frame.where;
    for (unsigned copy = 0; copy < visit->copies; ++copy)
        tell(*visit->element, Verdict::copied, from, own_memory(), visit->frame.bytes);
    if (visit->last && visit->copies == 0 && result == GST_FLOW_OK)
        for (unsigned frame = 0; frame < visit->frames; ++frame)
            tell(*visit->element, Verdict::taken, from, Where{}, visit->frame.bytes);
}

std::vector<Account> Observer::settle(const void* pipeline) {
    return elements_.settle(pipeline);
}

} // namespace gstheapsel::copies
