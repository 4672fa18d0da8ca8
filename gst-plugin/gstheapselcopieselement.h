// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include <gst/gst.h>

#include "gstheapselcopiestable.h"

namespace gstheapsel::copies {

/// What one element did with the frames that came to it. Any thread.
class Element {
  public:
    Element(unsigned id, std::string name, const void* pipeline)
        : id_(id), name_(std::move(name)), pipeline_(pipeline) {}

    /// No other element has had it, or will.
    [[nodiscard]] unsigned id() const { return id_; }
    /// Within its pipeline, through bins: "decodebin0/v4l2h264dec0".
    [[nodiscard]] const std::string& name() const { return name_; }
    /// The outermost bin, which may be gone: to compare, and not to be used.
    [[nodiscard]] const void* pipeline() const { return pipeline_; }

    /// Raw video came in.
    void came(const Where& where);
    [[nodiscard]] std::optional<Where> last_input() const;

    /// Raw video left it: then that is judged, and not what the element does with what comes in.
    void gave() { gives_frames_ = true; }
    [[nodiscard]] bool gives_frames() const { return gives_frames_; }

    /// Counts one frame.
    void count(Verdict verdict, const Where& from, const Where& to, std::uint64_t bytes);
    /// What was counted, which then starts anew.
    [[nodiscard]] Account settle();

  private:
    const unsigned id_;
    const std::string name_;
    const void* const pipeline_;
    std::atomic<bool> gives_frames_ = false;
    mutable std::mutex lock_;
    std::optional<Where> last_input_; ///< Under lock_.
    std::vector<Row> rows_;           ///< Under lock_.
};

/// All elements that frames came to, and that there are or that have something to tell. Any thread.
class Elements {
  public:
    /// The one that a pad belongs to; null if that is a bin, or nothing.
    [[nodiscard]] std::shared_ptr<Element> of(GstPad* pad);

    /// What the elements of a pipeline did since this was asked last, in the order in which the
    /// frames came to them first; with null, those of all pipelines.
    [[nodiscard]] std::vector<Account> settle(const void* pipeline);

  private:
    [[nodiscard]] std::shared_ptr<Element> enter(GstElement* element);

    std::mutex lock_;
    std::vector<std::shared_ptr<Element>> all_; ///< Under lock_.
};

} // namespace gstheapsel::copies
