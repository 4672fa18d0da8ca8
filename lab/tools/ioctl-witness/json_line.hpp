// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace witness {

/** One JSON object, built in place in a fixed buffer and written with one write().
 *
 * It allocates nothing, because it runs inside calls of a program that may hold any lock. A line
 * that outgrows the buffer is replaced by a short one that says so; no line is dropped silently.
 */
class JsonLine {
  public:
    explicit JsonLine(std::string_view event);

    /** An empty @p key writes a bare value, as in arrays. */
    JsonLine& text(std::string_view key, std::string_view value);
    JsonLine& boolean(std::string_view key, bool value);
    JsonLine& null(std::string_view key);
    JsonLine& hex(std::string_view key, uint64_t value);
    template <std::unsigned_integral T>
    JsonLine& number(std::string_view key, T value) {
        return unsigned_number(key, value);
    }
    template <std::signed_integral T>
    JsonLine& number(std::string_view key, T value) {
        return signed_number(key, value);
    }

    JsonLine& open_array(std::string_view key);
    JsonLine& close_array();
    JsonLine& open_object(std::string_view key = {});
    JsonLine& close_object();

    /** Ends the line and appends it to @p fd. Call once. */
    void write_to(int fd);

  private:
    JsonLine& unsigned_number(std::string_view key, uint64_t value);
    JsonLine& signed_number(std::string_view key, int64_t value);
    void put(char c);
    void put(std::string_view s);
    void put_quoted(std::string_view s);
    void begin(std::string_view key);

    // PIPE_BUF: a write of this size stays whole even where the log is a pipe.
    std::array<char, 4096> buffer_;
    size_t used_ = 0;
    bool overflowed_ = false;
    bool first_ = true;
    std::string_view event_;
};

} // namespace witness
