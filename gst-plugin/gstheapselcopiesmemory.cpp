// SPDX-License-Identifier: LGPL-2.1-or-later
#include "gstheapselcopiesmemory.h"

#include <algorithm>
#include <memory>
#include <string_view>
#include <unordered_map>

#include "gstheapselplace.h"

namespace gstheapsel::copies {
namespace {

using Shared = std::shared_ptr<Memory>;

std::size_t filled(std::size_t given, std::size_t most) {
    return std::min(given, most);
}

/// dma-bufs that something wraps, by inode, and what is kept with a GstMemory.
class Known {
  public:
    Memory& of(GstMemory* memory) {
        GstMiniObject* whole =
            GST_MINI_OBJECT_CAST(memory->parent != nullptr ? memory->parent : memory);
        if (auto* kept = static_cast<Shared*>(gst_mini_object_get_qdata(whole, quark_)))
            return **kept;
        const Place place = place_of(memory);
        const std::scoped_lock guard(lock_);
        // Another thread may have been quicker.
        if (auto* kept = static_cast<Shared*>(gst_mini_object_get_qdata(whole, quark_)))
            return **kept;
        auto* kept = new Shared(place.inode != 0 ? of_inode(place) : make(memory, place));
        gst_mini_object_set_qdata(whole, quark_, kept,
                                  [](gpointer old) { delete static_cast<Shared*>(old); });
        return **kept;
    }

  private:
    static Shared make(GstMemory* memory, const Place& place) {
        if (place.is_dmabuf())
            return std::make_shared<Memory>(
                Where{*place.exporter != '\0' ? place.exporter : "unknown", true});
        const char* type = memory->allocator != nullptr ? memory->allocator->mem_type : nullptr;
        // The heap of that name is something else.
        if (type == nullptr || std::string_view(type) == GST_ALLOCATOR_SYSMEM)
            type = "system memory";
        return std::make_shared<Memory>(Where{g_intern_string(type), false});
    }

    Shared of_inode(const Place& place) {
        if (Shared known = dmabufs_[place.inode].lock())
            return known;
        // Under its own lock: the last to let go may be any thread.
        const Shared made(
            new Memory(Where{*place.exporter != '\0' ? place.exporter : "unknown", true}),
            [this, inode = place.inode](Memory* old) {
                forget(inode);
                delete old;
            });
        dmabufs_[place.inode] = made;
        return made;
    }

    void forget(std::uint64_t inode) {
        const std::scoped_lock guard(lock_);
        const auto entry = dmabufs_.find(inode);
        if (entry != dmabufs_.end() && entry->second.expired())
            dmabufs_.erase(entry);
    }

    GQuark quark_ = g_quark_from_static_string("heapsel-copies-memory");
    std::mutex lock_;
    std::unordered_map<std::uint64_t, std::weak_ptr<Memory>> dmabufs_; // Under lock_.
};

/// Buffers may outlive the tracer and whatever else is static.
Known& known() {
    static auto* const all = new Known;
    return *all;
}

} // namespace

bool Memory::was_given_to(unsigned element) const {
    const std::scoped_lock guard(lock_);
    const auto end = elements_.begin() + static_cast<std::ptrdiff_t>(filled(given_, most));
    return std::find(elements_.begin(), end, element) != end;
}

void Memory::give_to(unsigned element) {
    const std::scoped_lock guard(lock_);
    const auto end = elements_.begin() + static_cast<std::ptrdiff_t>(filled(given_, most));
    if (std::find(elements_.begin(), end, element) == end)
        elements_[given_++ % most] = element;
}

Memory& memory_behind(GstMemory* memory) {
    return known().of(memory);
}

Frame look_at(GstBuffer* buffer, unsigned element) {
    Frame frame;
    for (guint index = 0; index < gst_buffer_n_memory(buffer); ++index) {
        GstMemory* part = gst_buffer_peek_memory(buffer, index);
        const Memory& memory = memory_behind(part);
        if (frame.where.name == nullptr || (frame.where.dmabuf && !memory.where().dmabuf))
            frame.where = memory.where();
        frame.bytes += part->size;
        if (!memory.was_given_to(element))
            frame.fresh += part->size;
    }
    return frame;
}

void give(GstBuffer* buffer, unsigned element) {
    for (guint index = 0; index < gst_buffer_n_memory(buffer); ++index)
        memory_behind(gst_buffer_peek_memory(buffer, index)).give_to(element);
}

} // namespace gstheapsel::copies
