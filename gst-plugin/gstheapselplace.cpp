// SPDX-License-Identifier: LGPL-2.1-or-later
#include "gstheapselplace.h"

#include <compare>
#include <map>
#include <mutex>

#include <sys/stat.h>

#include <gst/allocators/gstdmabuf.h>

#include <heapsel/dmabuf.hpp>

namespace gstheapsel {
namespace {

/// The kernel gives the inode of a dma-buf to no other one until its counter has gone round.
struct Identity {
    dev_t device;
    ino_t inode;
    auto operator<=>(const Identity&) const = default;
};

/// Exporters by dma-buf. Streams that never use a buffer twice must not make it grow.
class Exporters {
  public:
    const char* of(const Identity& identity, int fd) {
        {
            const std::scoped_lock guard(lock_);
            if (const auto known = names_.find(identity); known != names_.end())
                return known->second;
        }
        const auto dmabuf = heapsel::describe_dmabuf(fd);
        const char* name = dmabuf ? g_intern_string(dmabuf->exporter.c_str()) : "";
        const std::scoped_lock guard(lock_);
        if (names_.size() >= most)
            names_.clear();
        names_.emplace(identity, name);
        return name;
    }

  private:
    static constexpr std::size_t most = 4096;
    std::mutex lock_;
    std::map<Identity, const char*> names_; // under lock_
};

Exporters& exporters() {
    static Exporters all;
    return all;
}

/// What is kept with a memory needs no freeing, so that two threads may both write it.
struct Quarks {
    GQuark exporter = g_quark_from_static_string("heapsel-exporter");
    GQuark inode = g_quark_from_static_string("heapsel-inode");
};

const Quarks& quarks() {
    static const Quarks both;
    return both;
}

Place kept_with(GstMiniObject* memory) {
    const auto* exporter =
        static_cast<const char*>(gst_mini_object_get_qdata(memory, quarks().exporter));
    if (exporter == nullptr)
        return {};
    return {exporter, GPOINTER_TO_SIZE(gst_mini_object_get_qdata(memory, quarks().inode))};
}

/// The exporter is written last: whoever finds it finds the inode, too.
void keep_with(GstMiniObject* memory, const Place& place) {
    gst_mini_object_set_qdata(memory, quarks().inode, GSIZE_TO_POINTER(place.inode), nullptr);
    gst_mini_object_set_qdata(memory, quarks().exporter, const_cast<char*>(place.exporter),
                              nullptr);
}

} // namespace

Place place_of(GstMemory* memory) {
    if (!gst_is_dmabuf_memory(memory))
        return {};
    GstMiniObject* whole =
        GST_MINI_OBJECT_CAST(memory->parent != nullptr ? memory->parent : memory);
    if (const Place known = kept_with(whole); known.is_dmabuf())
        return known;
    const int fd = gst_dmabuf_memory_get_fd(memory);
    struct stat status{};
    if (fstat(fd, &status) != 0)
        return {"", 0};
    const Place place{exporters().of({status.st_dev, status.st_ino}, fd), status.st_ino};
    keep_with(whole, place);
    return place;
}

} // namespace gstheapsel
