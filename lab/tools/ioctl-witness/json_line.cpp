// SPDX-License-Identifier: LGPL-2.1-or-later
#include "json_line.hpp"

#include <charconv>
#include <unistd.h>

namespace witness {

JsonLine::JsonLine(std::string_view event) : event_(event) {
    put('{');
    text("ev", event);
}

void JsonLine::put(char c) {
    // Two bytes are kept for the closing brace and the newline.
    if (used_ + 2 < buffer_.size())
        buffer_[used_++] = c;
    else
        overflowed_ = true;
}

void JsonLine::put(std::string_view s) {
    for (const char c : s)
        put(c);
}

void JsonLine::put_quoted(std::string_view s) {
    constexpr std::string_view digits = "0123456789abcdef";
    put('"');
    for (const char c : s) {
        const auto u = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') {
            put('\\');
            put(c);
        } else if (u < 0x20) {
            put("\\u00");
            put(digits[u >> 4]);
            put(digits[u & 0xf]);
        } else {
            put(c);
        }
    }
    put('"');
}

void JsonLine::begin(std::string_view key) {
    if (!first_)
        put(',');
    first_ = false;
    if (!key.empty()) {
        put_quoted(key);
        put(':');
    }
}

JsonLine& JsonLine::text(std::string_view key, std::string_view value) {
    begin(key);
    put_quoted(value);
    return *this;
}

JsonLine& JsonLine::boolean(std::string_view key, bool value) {
    begin(key);
    put(value ? "true" : "false");
    return *this;
}

JsonLine& JsonLine::null(std::string_view key) {
    begin(key);
    put("null");
    return *this;
}

JsonLine& JsonLine::hex(std::string_view key, uint64_t value) {
    std::array<char, 18> digits{'0', 'x'};
    const auto end = std::to_chars(digits.data() + 2, digits.data() + digits.size(), value, 16).ptr;
    return text(key, {digits.data(), static_cast<size_t>(end - digits.data())});
}

JsonLine& JsonLine::unsigned_number(std::string_view key, uint64_t value) {
    std::array<char, 24> digits;
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
    begin(key);
    put({digits.data(), static_cast<size_t>(end - digits.data())});
    return *this;
}

JsonLine& JsonLine::signed_number(std::string_view key, int64_t value) {
    std::array<char, 24> digits;
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
    begin(key);
    put({digits.data(), static_cast<size_t>(end - digits.data())});
    return *this;
}

JsonLine& JsonLine::open_array(std::string_view key) {
    begin(key);
    put('[');
    first_ = true;
    return *this;
}

JsonLine& JsonLine::close_array() {
    put(']');
    first_ = false;
    return *this;
}

JsonLine& JsonLine::open_object(std::string_view key) {
    begin(key);
    put('{');
    first_ = true;
    return *this;
}

JsonLine& JsonLine::close_object() {
    put('}');
    first_ = false;
    return *this;
}

void JsonLine::write_to(int fd) {
    if (overflowed_) {
        used_ = 0;
        first_ = true;
        overflowed_ = false;
        put('{');
        text("ev", "truncated");
        text("of", event_);
    }
    buffer_[used_++] = '}';
    buffer_[used_++] = '\n';
    // A short write would tear the line; there is nobody to report a full disk to here, and the
    // analysis refuses a log whose last line does not parse.
    [[maybe_unused]] const auto written = ::write(fd, buffer_.data(), used_);
}

} // namespace witness
