// SPDX-License-Identifier: LGPL-2.1-or-later
#include "buffers/frame_fences.hpp"

#include <algorithm>
#include <cstddef>
#include <iterator>

#include "io/fences.hpp"

namespace heapsel {

std::vector<FrameFences> ask_frames(std::span<const std::shared_ptr<PoolFrame>> frames,
                                    int foreign) {
    std::vector<int> fds;
    for (const auto& frame : frames)
        std::ranges::transform(frame->buffers, std::back_inserter(fds), &Buffer::fd);
    const FenceState state = ask_fences(fds);
    std::vector<FrameFences> answers;
    std::size_t next = 0;
    for (const auto& frame : frames) {
        FrameFences answer;
        for (const std::size_t end = next + frame->buffers.size(); next < end; ++next) {
            const bool lost = state.lost[next] || fds[next] == foreign;
            answer.idle = answer.idle && state.signalled[next] && !lost;
            if (!state.signalled[next] && !lost)
                answer.wait_for = fds[next];
        }
        answers.push_back(answer);
    }
    return answers;
}

std::vector<int> busy_ones(std::span<const FrameFences> fences) {
    std::vector<int> fds;
    std::ranges::transform(fences, std::back_inserter(fds), &FrameFences::wait_for);
    std::erase(fds, -1);
    return fds;
}

} // namespace heapsel
