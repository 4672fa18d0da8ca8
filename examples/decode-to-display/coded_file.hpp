// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <array>
#include <cstddef>
#include <fstream>
#include <span>
#include <string>
#include <string_view>

#include "common.hpp"

/// Coded frames as `v4l2-ctl --stream-to-hdr` writes them: each behind "rdhV" and its length, four
/// bytes with the highest first.
class CodedFile {
  public:
    explicit CodedFile(const std::string& path) : path_(path), file_(path, std::ios::binary) {
        if (!file_)
            fail("", ENOENT);
    }

    /// Fills `buffer` with the next frame and gives its length; 0 at the end of the file.
    std::size_t next(std::span<std::byte> buffer) {
        std::size_t size = 0;
        while (size == 0) { // v4l2-ctl leaves empty ones where the encoder did.
            std::array<char, 8> head{};
            if (!file_.read(head.data(), head.size()) && file_.gcount() == 0)
                return 0;
            if (!file_ || std::string_view(head.data(), 4) != "rdhV")
                fail("Make it with v4l2-ctl --stream-to-hdr.", EBADMSG);
            for (const char byte : std::span(head).last(4))
                size = size << 8U | static_cast<unsigned char>(byte);
        }
        if (size > buffer.size())
            fail("A frame is larger than the decoder's buffers.", EFBIG);
        auto* const bytes = reinterpret_cast<char*>(buffer.data());
        if (!file_.read(bytes, static_cast<std::streamsize>(size)))
            fail("It ends within a frame.", EBADMSG);
        return size;
    }

  private:
    [[noreturn]] void fail(const char* hint, int code) const {
        give_up("read frames", path_, hint, code);
    }

    std::string path_;
    std::ifstream file_;
};
