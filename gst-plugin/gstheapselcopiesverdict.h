// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <optional>

namespace gstheapsel::copies {

/// Where the memory of a frame is.
struct Where {
    /// The heap, or what else exported the dma-buf; of other memory, what GStreamer calls it. Raw;
    /// lives as long as the process, and is the same pointer for the same name.
    const char* name = nullptr;
    bool dmabuf = false;
    friend bool operator==(const Where&, const Where&) = default;
};

/// What an element did with one frame.
enum class Verdict : std::uint8_t {
    passed,     ///< It gave the memory on that it was given.
    taken,      ///< A sink got it, and made no copy that could be seen.
    made,       ///< It filled memory, and no raw video had come in: a source, a decoder.
    moved,      ///< From a dma-buf into another one, by a device or by the CPU.
    copied_in,  ///< From other memory into a dma-buf.
    copied_out, ///< From a dma-buf into other memory.
    copied      ///< From other memory into other memory, or within the element into its own.
};

/// One word for a record, such as "copied-in".
[[nodiscard]] const char* word_of(Verdict verdict);

/// The bytes of the frame were read from one memory and written into another.
[[nodiscard]] bool is_copy(Verdict verdict);

/// On a frame that leaves an element.
struct Output {
    std::optional<Where> from; ///< Of the raw video that came in last; nothing if none ever did.
    Where to;
    bool was_given = false; ///< The element was given all of the frame's memory before.
    bool by_cpu = false;    ///< It was seen to copy a frame meanwhile.
};
[[nodiscard]] Verdict judge(const Output& output);

} // namespace gstheapsel::copies
