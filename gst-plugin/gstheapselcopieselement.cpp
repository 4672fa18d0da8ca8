// SPDX-License-Identifier: LGPL-2.1-or-later
#include "gstheapselcopieselement.h"

#include <algorithm>
#include <utility>

#include "gstheapselref.h"

namespace gstheapsel::copies {
namespace {

using Handle = std::shared_ptr<Element>;

GQuark handle_quark() {
    static const GQuark quark = g_quark_from_static_string("heapsel-copies-element");
    return quark;
}

Handle kept_with(GstElement* element) {
    const auto* handle =
        static_cast<const Handle*>(g_object_get_qdata(G_OBJECT(element), handle_quark()));
    return handle != nullptr ? *handle : nullptr;
}

struct Lineage {
    std::string name;
    const void* pipeline = nullptr;
};

Lineage lineage_of(GstElement* element) {
    Lineage lineage{GST_OBJECT_NAME(element), element};
    Ref<GstObject> ancestor(gst_object_get_parent(GST_OBJECT(element)));
    while (ancestor) {
        lineage.pipeline = ancestor.get();
        Ref<GstObject> next(gst_object_get_parent(ancestor.get()));
        if (next) // The outermost bin names nothing.
            lineage.name = std::string(GST_OBJECT_NAME(ancestor.get())) + '/' + lineage.name;
        ancestor = std::move(next);
    }
    return lineage;
}

} // namespace

void Element::came(const Where& where) {
    const std::scoped_lock guard(lock_);
    last_input_ = where;
}

std::optional<Where> Element::last_input() const {
    const std::scoped_lock guard(lock_);
    return last_input_;
}

void Element::count(Verdict verdict, const Where& from, const Where& to, std::uint64_t bytes) {
    const std::scoped_lock guard(lock_);
    auto row = std::ranges::find_if(rows_, [&](const Row& one) {
        return one.verdict == verdict && one.from == from && one.to == to;
    });
    if (row == rows_.end())
        row = rows_.insert(row, Row{.verdict = verdict, .from = from, .to = to});
    row->frames += 1;
    row->bytes += bytes;
}

Account Element::settle() {
    const std::scoped_lock guard(lock_);
    return {name_, std::exchange(rows_, {})};
}

Handle Elements::of(GstPad* pad) {
    const Ref<GstObject> parent(gst_object_get_parent(GST_OBJECT(pad)));
    if (!parent || !GST_IS_ELEMENT(parent.get()) || GST_IS_BIN(parent.get()))
        return nullptr;
    GstElement* element = GST_ELEMENT_CAST(parent.get());
    Handle handle = kept_with(element);
    return handle ? handle : enter(element);
}

Handle Elements::enter(GstElement* element) {
    static std::atomic<unsigned> last = 0;
    const std::scoped_lock guard(lock_);
    if (Handle handle = kept_with(element)) // Another thread was quicker.
        return handle;
    auto [name, pipeline] = lineage_of(element);
    auto handle = std::make_shared<Element>(++last, std::move(name), pipeline);
    g_object_set_qdata_full(G_OBJECT(element), handle_quark(), new Handle(handle),
                            [](gpointer old) { delete static_cast<Handle*>(old); });
    all_.push_back(handle);
    return handle;
}

std::vector<Account> Elements::settle(const void* pipeline) {
    std::vector<Account> accounts;
    const std::scoped_lock guard(lock_);
    for (const Handle& element : all_)
        if (pipeline == nullptr || element->pipeline() == pipeline)
            accounts.push_back(element->settle());
    std::erase_if(accounts, [](const Account& account) { return account.rows.empty(); });
    // Those of other pipelines that are gone stay until they are told.
    std::erase_if(all_, [&](const Handle& element) {
        return element.use_count() == 1 && (pipeline == nullptr || element->pipeline() == pipeline);
    });
    return accounts;
}

} // namespace gstheapsel::copies
