// SPDX-License-Identifier: LGPL-2.1-or-later
#include "bandwidth/run/frame_source.hpp"

#include <cerrno>
#include <charconv>
#include <system_error>

#include <heapsel/printable.hpp>

namespace heapsel::bandwidth {
namespace {

constexpr std::string_view count_word = "count:";

std::unexpected<Error> no_source(int code, std::string_view text) {
    return std::unexpected(Error{.code = code,
                                 .operation = "read where frames are counted",
                                 .subject = printable(text),
                                 .hint = "It is v4l2, or count:N with the number of frames that "
                                         "each run has."});
}

} // namespace

Result<FrameSource> parse_frame_source(std::string_view text) {
    if (text == "v4l2")
        return FrameSource{};
    if (!text.starts_with(count_word))
        return no_source(EINVAL, text);
    const std::string_view digits = text.substr(count_word.size());
    std::uint64_t count = 0;
    const auto [end, failure] = std::from_chars(digits.begin(), digits.end(), count);
    if (failure == std::errc::result_out_of_range)
        return no_source(ERANGE, text);
    if (failure != std::errc{} || end != digits.end() || count == 0)
        return no_source(EINVAL, text);
    return FrameSource{.given = count};
}

std::string describe(const FrameSource& source) {
    return source.given ? "given by the user, not counted"
                        : "counted by the kernel as the device gave them out";
}

} // namespace heapsel::bandwidth
