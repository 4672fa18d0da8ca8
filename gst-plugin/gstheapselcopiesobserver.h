// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <functional>
#include <string>
#include <vector>

#include <gst/gst.h>

#include "gstheapselcopieselement.h"
#include "gstheapselcopieswatch.h"

namespace gstheapsel::copies {

/// One frame and one element.
struct Event {
    const Element& element;
    Verdict verdict;
    Where from; ///< Without a name where there is none.
    Where to;
    std::uint64_t bytes = 0;
};

/// Follows raw video from pad to pad, and judges what each element does with each frame. It is told
/// of everything by the thread in which it happens; any number at a time. One at a time in a
/// process.
class Observer {
  public:
    /// `on_verdict` is called after each; any thread.
    explicit Observer(std::function<void(const Event&)> on_verdict);

    /// An element is about to push it.
    void pushes(GstPad* srcpad, GstBuffer* buffer);
    void pushes(GstPad* srcpad, GstBufferList* list);
    /// An element's chain function is about to be called with it, and has returned.
    void begins(GstPad* sinkpad, GstBuffer* buffer);
    void begins(GstPad* sinkpad, GstBufferList* list);
    void ends(GstPad* sinkpad, GstFlowReturn result);

    /// As Elements::settle.
    [[nodiscard]] std::vector<Account> settle(const void* pipeline);

  private:
    void judge_output(Element& element, GstBuffer* buffer, bool by_cpu);
    void tell(Element& element, Verdict verdict, const Where& from, const Where& to,
              std::uint64_t bytes);

    std::function<void(const Event&)> on_verdict_;
    CopyWatch watch_;
    Elements elements_;
};

} // namespace gstheapsel::copies
