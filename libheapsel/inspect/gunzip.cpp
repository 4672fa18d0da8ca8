// SPDX-License-Identifier: LGPL-2.1-or-later
#include "inspect/gunzip.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <limits>

#include <zlib.h>

namespace heapsel {
namespace {

/// A stream of zlib's, ended with its owner.
class Inflation {
  public:
    explicit Inflation(std::string_view packed) {
        constexpr int gzip_alone = 16 + MAX_WBITS;
        ready_ = packed.size() <= std::numeric_limits<uInt>::max() &&
                 inflateInit2(&stream_, gzip_alone) == Z_OK;
        // zlib does not write to it: its interface is older than const.
        stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
        stream_.avail_in = static_cast<uInt>(packed.size());
    }
    Inflation(const Inflation&) = delete;
    Inflation& operator=(const Inflation&) = delete;
    ~Inflation() { inflateEnd(&stream_); }

    [[nodiscard]] bool ready() const { return ready_; }

    /// Appends what comes next; Z_OK where there is more.
    int next(std::string& text) {
        std::array<char, 4096> chunk{};
        stream_.next_out = reinterpret_cast<Bytef*>(chunk.data());
        stream_.avail_out = static_cast<uInt>(chunk.size());
        const int status = inflate(&stream_, Z_NO_FLUSH);
        text.append(chunk.data(), chunk.size() - stream_.avail_out);
        return status;
    }

  private:
    z_stream stream_{};
    bool ready_ = false;
};

} // namespace

std::expected<std::string, int> gunzip(std::string_view packed, std::size_t limit) {
    Inflation inflation(packed);
    if (!inflation.ready())
        return std::unexpected(packed.size() > std::numeric_limits<uInt>::max() ? EFBIG : ENOMEM);
    std::string text;
    for (int status = Z_OK; status != Z_STREAM_END;) {
        status = inflation.next(text);
        if (status == Z_MEM_ERROR)
            return std::unexpected(ENOMEM);
        if (status != Z_OK && status != Z_STREAM_END)
            return std::unexpected(EINVAL);
        if (text.size() > limit)
            return std::unexpected(EFBIG);
    }
    return text;
}

} // namespace heapsel
