// SPDX-License-Identifier: LGPL-2.1-or-later
//
// codec-run: frames through a codec, one by one, with protected memory where it is told so. Holds
// its buffers until its input ends.
//
// Files of coded frames have the size of each before it. Protected buffers are read and written by
// the files of the lab's protected heap, since nobody can map them.

#include "heap.hpp"

#include <CLI/CLI.hpp>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <fcntl.h>
#include <format>
#include <fstream>
#include <linux/videodev2.h>
#include <optional>
#include <print>
#include <span>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>
#include <vector>

#include <heapsel/unique_fd.hpp>

namespace {

using Bytes = std::vector<char>;

constexpr unsigned protected_control = V4L2_CID_USER_BASE | 0xf000;
constexpr unsigned width = 640;
constexpr unsigned height = 360;
constexpr std::size_t raw_size = std::size_t{width} * height * 3 / 2;

[[noreturn]] void give_up(const char* what) {
    std::println(stderr, "{}: {}", what, strerrorname_np(errno));
    std::exit(2);
}

void call(int node, unsigned long request, void* argument, const char* what) {
    if (ioctl(node, request, argument) != 0)
        give_up(what);
}

/// The content of a plane, from and to wherever it can be got at.
class Plane {
  public:
    Plane(int node, v4l2_buf_type type, unsigned index, bool is_protected) {
        v4l2_buffer buffer{};
        buffer.type = type;
        buffer.index = index;
        buffer.memory = V4L2_MEMORY_MMAP;
        call(node, VIDIOC_QUERYBUF, &buffer, "VIDIOC_QUERYBUF");
        auto mapping = board::Mapping::of(node, buffer.length, buffer.m.offset);
        if (mapping.has_value() == is_protected) {
            std::println(stderr, "buffer {} of type {} can{} be mapped", index,
                         std::to_underlying(type), is_protected ? "" : "not");
            std::exit(2);
        }
        if (mapping)
            mapping_.emplace(std::move(*mapping));
        else
            content_ = content(node, type, index);
    }

    void write(std::span<const char> bytes) const {
        if (mapping_)
            std::memcpy(mapping_->data(), bytes.data(), bytes.size());
        else if (pwrite(content_.get(), bytes.data(), bytes.size(), 0) !=
                 static_cast<ssize_t>(bytes.size()))
            give_up("protected content");
    }

    [[nodiscard]] Bytes read(std::size_t size) const {
        Bytes bytes(size);
        if (mapping_)
            std::memcpy(bytes.data(), mapping_->data(), size);
        else if (pread(content_.get(), bytes.data(), size, 0) != static_cast<ssize_t>(size))
            give_up("protected content");
        return bytes;
    }

  private:
    static heapsel::UniqueFd content(int node, v4l2_buf_type type, unsigned index) {
        v4l2_exportbuffer request{};
        request.type = type;
        request.index = index;
        request.flags = O_RDWR | O_CLOEXEC;
        call(node, VIDIOC_EXPBUF, &request, "VIDIOC_EXPBUF");
        const heapsel::UniqueFd buffer(request.fd);
        struct stat status{};
        if (fstat(buffer.get(), &status) != 0)
            give_up("fstat");
        const auto path = std::format("/sys/kernel/debug/protected_heap/{}", status.st_ino);
        heapsel::UniqueFd file(open(path.c_str(), O_RDWR | O_CLOEXEC));
        if (!file)
            give_up(path.c_str());
        return file;
    }

    std::optional<board::Mapping> mapping_;
    heapsel::UniqueFd content_;
};

class Queue {
  public:
    Queue(int node, v4l2_buf_type type, unsigned format, bool is_protected)
        : node_(node), type_(type) {
        v4l2_format wanted{};
        wanted.type = type;
        wanted.fmt.pix.width = width;
        wanted.fmt.pix.height = height;
        wanted.fmt.pix.pixelformat = format;
        call(node, VIDIOC_S_FMT, &wanted, "VIDIOC_S_FMT");
        v4l2_requestbuffers request{};
        request.type = type;
        request.memory = V4L2_MEMORY_MMAP;
        request.count = 2;
        call(node, VIDIOC_REQBUFS, &request, "VIDIOC_REQBUFS");
        for (unsigned i = 0; i < request.count; ++i)
            planes_.emplace_back(node, type, i, is_protected);
    }

    [[nodiscard]] std::size_t count() const { return planes_.size(); }
    [[nodiscard]] const Plane& plane(unsigned index) const { return planes_.at(index); }

    void enqueue(unsigned index, std::size_t size = 0) const {
        v4l2_buffer buffer{};
        buffer.type = type_;
        buffer.index = index;
        buffer.memory = V4L2_MEMORY_MMAP;
        buffer.field = V4L2_FIELD_NONE;
        buffer.bytesused = static_cast<unsigned>(size);
        call(node_, VIDIOC_QBUF, &buffer, "VIDIOC_QBUF");
    }

    [[nodiscard]] v4l2_buffer dequeue() const {
        v4l2_buffer buffer{};
        buffer.type = type_;
        buffer.memory = V4L2_MEMORY_MMAP;
        call(node_, VIDIOC_DQBUF, &buffer, "VIDIOC_DQBUF");
        if ((buffer.flags & V4L2_BUF_FLAG_ERROR) != 0) {
            errno = EIO;
            give_up("VIDIOC_DQBUF");
        }
        return buffer;
    }

    void start() const {
        int type = static_cast<int>(type_);
        call(node_, VIDIOC_STREAMON, &type, "VIDIOC_STREAMON");
    }

  private:
    int node_;
    v4l2_buf_type type_;
    std::vector<Plane> planes_;
};

/// The next frame of a file, or an empty one at its end.
Bytes next(std::ifstream& file, bool coded) {
    std::uint32_t size = raw_size;
    if (coded && !file.read(reinterpret_cast<char*>(&size), sizeof(size)))
        return {};
    Bytes bytes(size);
    if (!file.read(bytes.data(), size))
        return {};
    return bytes;
}

void append(std::ofstream& file, const Bytes& bytes, bool coded) {
    const auto size = static_cast<std::uint32_t>(bytes.size());
    if (coded)
        file.write(reinterpret_cast<const char*>(&size), sizeof(size));
    file.write(bytes.data(), size);
}

} // namespace

int main(int argc, char** argv) {
    std::string path;
    std::string from;
    std::string to;
    bool decode = false;
    bool is_protected = false;
    CLI::App app("Frames through a codec, and holds its buffers until its input ends.");
    app.add_option("node", path)->required();
    app.add_option("from", from)->required();
    app.add_option("to", to)->required();
    app.add_flag("--decode", decode, "the node is a decoder");
    app.add_flag("--protected", is_protected, "all of it is protected content");
    CLI11_PARSE(app, argc, argv);

    const heapsel::UniqueFd node(open(path.c_str(), O_RDWR | O_CLOEXEC));
    if (!node)
        give_up(path.c_str());
    if (is_protected) {
        v4l2_control control{.id = protected_control, .value = 1};
        call(node.get(), VIDIOC_S_CTRL, &control, "VIDIOC_S_CTRL");
    }
    const unsigned raw = V4L2_PIX_FMT_NV12;
    const unsigned coded = V4L2_PIX_FMT_FWHT;
    const Queue output(node.get(), V4L2_BUF_TYPE_VIDEO_OUTPUT, decode ? coded : raw, is_protected);
    std::ifstream frames(from, std::ios::binary);
    std::ofstream results(to, std::ios::binary);
    // A decoder learns from its first frame what it decodes to.
    Bytes bytes = next(frames, decode);
    const auto submit = [&] {
        if (bytes.empty())
            return;
        output.plane(0).write(bytes);
        output.enqueue(0, bytes.size());
    };
    submit();
    output.start();
    const Queue capture(node.get(), V4L2_BUF_TYPE_VIDEO_CAPTURE, decode ? raw : coded,
                        is_protected);
    for (unsigned i = 0; i < capture.count(); ++i)
        capture.enqueue(i);
    capture.start();

    while (!bytes.empty()) {
        const auto done = capture.dequeue();
        append(results, capture.plane(done.index).read(done.bytesused), !decode);
        capture.enqueue(done.index);
        (void)output.dequeue();
        bytes = next(frames, decode);
        submit();
    }
    results.close();
    std::println("{}", output.count() + capture.count());
    std::fflush(stdout);
    for (char c{}; read(STDIN_FILENO, &c, 1) > 0;) {
    }
}
