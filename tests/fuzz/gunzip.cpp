// SPDX-License-Identifier: LGPL-2.1-or-later
//
// A gzip file, as /proc/config.gz of a recorded machine may be anything: the bytes as they are, and
// behind a header, without which hardly any would be read.
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "inspect/gunzip.hpp"

#include "sound.hpp"

namespace heapsel {
namespace {

void try_to_unpack(std::string_view packed) {
    constexpr std::size_t limit = std::size_t{1} << 16U;
    const auto text = gunzip(packed, limit);
    if (text)
        fuzz::expect(text->size() <= limit, "no text is above its limit");
    else
        fuzz::expect(text.error() == EINVAL || text.error() == EFBIG,
                     "a file is damaged or too large");
}

} // namespace
} // namespace heapsel

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string bytes(data, data + size);
    const std::string header("\x1f\x8b\x08\0\0\0\0\0\x02\x03", 10);
    heapsel::try_to_unpack(bytes);
    heapsel::try_to_unpack(header + bytes);
    return 0;
}
