// SPDX-License-Identifier: LGPL-2.1-or-later
#include <heapsel/alignment.hpp>

#include <cerrno>
#include <format>
#include <limits>
#include <numeric>
#include <string_view>

namespace heapsel {
namespace {

template <typename Number>
Result<Number> common_multiple(Number a, Number b, std::string_view what) {
    const auto refused = [&](int code, std::string hint) {
        return std::unexpected(Error{.code = code,
                                     .operation = std::format("join the alignments of {}", what),
                                     .subject = std::format("{} and {}", a, b),
                                     .hint = std::move(hint)});
    };
    if (a == 0 || b == 0)
        return refused(EINVAL, "An alignment is at least 1 byte.");
    const Number part = a / std::gcd(a, b);
    if (part > std::numeric_limits<Number>::max() / b)
        return refused(EOVERFLOW, std::format("No number of {} bits is a multiple of both.",
                                              std::numeric_limits<Number>::digits));
    return static_cast<Number>(part * b);
}

} // namespace

Result<Alignment> join(const Alignment& a, const Alignment& b) {
    const auto stride = common_multiple(a.stride, b.stride, "stride");
    if (!stride)
        return std::unexpected(stride.error());
    const auto offset = common_multiple(a.offset, b.offset, "offset");
    if (!offset)
        return std::unexpected(offset.error());
    const auto size = common_multiple(a.size, b.size, "size");
    if (!size)
        return std::unexpected(size.error());
    const auto address = common_multiple(a.address, b.address, "address");
    if (!address)
        return std::unexpected(address.error());
    return Alignment{.stride = *stride, .offset = *offset, .size = *size, .address = *address};
}

} // namespace heapsel
