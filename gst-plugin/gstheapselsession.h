// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <heapsel/select.hpp>

#include "gstheapselallocation.h"
#include "gstheapselcensus.h"
#include "gstheapselneighbours.h"
#include "gstheapselref.h"
#include "gstheapselselection.h"

namespace gstheapsel {

/// The selection that one stream of buffers follows, and what is allocated by it: from the policies
/// alone at first, and from devices, format and size when they are known. Used by one thread at a
/// time.
class Session {
  public:
    /// What became of an ALLOCATION query.
    struct Outcome {
        Answer answer;
        /// The selection is another one than before: there is a new allocator.
        bool changed = false;
        std::vector<std::string> warnings;   ///< For people, a line each.
        std::vector<std::string> notes;      ///< The same, for those who look for a reason.
        std::optional<heapsel::Error> error; ///< No heap suits: the stream must not go on.
    };

    /// Buffers are called `name` and a serial number.
    ///
    /// Errors: those of select_heap() and heapsel::Allocator::create.
    [[nodiscard]] heapsel::Result<void> start(Wishes wishes, const std::string& name);
    void stop();

    /// Answers a query that `fillers` sent, and that `readers` have answered or have not.
    [[nodiscard]] Outcome answer(GstQuery* query, const std::vector<Neighbour>& fillers,
                                 const std::vector<Neighbour>& readers);

    [[nodiscard]] bool is_started() const { return allocator_ != nullptr; }
    /// Not to be called before it has started, and so below.
    [[nodiscard]] const heapsel::Selection& selection() const { return *selection_; }
    [[nodiscard]] Judge& judge() { return *judge_; }
    /// Borrowed.
    [[nodiscard]] GstHeapselAllocator* allocator() const { return allocator_.get(); }

  private:
    [[nodiscard]] heapsel::Result<void> adopt(heapsel::Selection selection);
    /// True if the selection is another one than before.
    [[nodiscard]] heapsel::Result<bool> select_again(const Way& way, std::size_t size);

    Wishes wishes_;
    std::string name_;
    std::optional<heapsel::Selection> selection_;
    Ref<GstHeapselAllocator> allocator_;
    std::optional<Judge> judge_;
    std::shared_ptr<SpareFrames> spare_;
    OfferedPool offered_;
};

} // namespace gstheapsel
