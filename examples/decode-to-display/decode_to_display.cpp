// SPDX-License-Identifier: LGPL-2.1-or-later
//
// Decodes with a V4L2 stateful decoder and shows on a KMS plane, out of the very dma-bufs that were
// decoded into. docs/decode.md walks through it.
#include <CLI/CLI.hpp>
#include <format>
#include <fstream>
#include <iostream>
#include <linux/videodev2.h>
#include <poll.h>
#include <sys/ioctl.h>

#include <heapsel/kms.hpp>
#include <heapsel/take.hpp>
#include <heapsel/video_queue.hpp>

namespace {

using heapsel::VideoQueue;

struct Options {
    std::string decoder = "/dev/video0", display = "card0", coded = "FWHT", file;
    heapsel::Request request{.name = "pictures"}; ///< What is asked of the pictures' memory.
};

/// Ends the program with what was tried, on what, why not, and what to do. All memory goes back.
[[noreturn]] void give_up(const heapsel::Error& error, int status = 1) {
    std::cerr << "decode-to-display: " << error.message() << '\n';
    std::exit(status);
}
[[noreturn]] void give_up(std::string what, std::string on, std::string hint, int code = errno) {
    give_up({.code = code,
             .operation = std::move(what),
             .subject = std::move(on),
             .hint = std::move(hint)});
}
template <typename T>
T need(heapsel::Result<T> result) {
    if (!result)
        give_up(result.error());
    return *std::move(result);
}

/// Fills `buffer` with the next coded frame of a file of `v4l2-ctl --stream-to-hdr`, and gives its
/// length; 0 at the end. Each stands behind "rdhV" and its length, with the highest byte first.
std::size_t next_frame(std::ifstream& file, const std::string& path, std::span<std::byte> buffer) {
    if (!file.is_open())
        give_up("read frames", path, "", ENOENT);
    std::size_t size = 0;
    while (size == 0) { // v4l2-ctl leaves empty ones where the encoder did.
        std::array<char, 8> head{};
        if (!file.read(head.data(), head.size()) && file.gcount() == 0)
            return 0;
        if (!file || std::string_view(head.data(), 4) != "rdhV")
            give_up("read frames", path, "Make it with v4l2-ctl --stream-to-hdr.", EBADMSG);
        for (const char byte : std::span(head).last(4))
            size = size << 8U | static_cast<unsigned char>(byte);
    }
    if (size > buffer.size())
        give_up("read frames", path, "A frame is larger than the decoder's buffers.", EFBIG);
    if (!file.read(reinterpret_cast<char*>(buffer.data()), static_cast<std::streamsize>(size)))
        give_up("read frames", path, "It ends within a frame.", EBADMSG);
    return size;
}

class Player {
  public:
    explicit Player(const Options& options)
        : options_(options), file_(options.file, std::ios::binary),
          monitor_(need(heapsel::Monitor::open(options.display))),
          device_(need(heapsel::find_video_device(options.decoder))),
          fd_(need(heapsel::open_video_device(device_))),
          coded_(need(VideoQueue::create(device_, fd_.get(), heapsel::Queue::output))),
          pictures_(need(VideoQueue::create(device_, fd_.get(), heapsel::Queue::capture))) {}

    int play() {
        start();
        while (!ended_) {
            const auto events = static_cast<short>(POLLIN | POLLPRI | (file_ended_ ? 0 : POLLOUT));
            pollfd ready{.fd = fd_.get(), .events = events, .revents = 0};
            if (::poll(&ready, 1, 10'000) == 0 || ready.revents == POLLERR)
                give_up("decode", options_.file, "There is no picture in it, or no more.", EIO);
            if (changed() && !pool_)
                configure();
            if ((ready.revents & POLLOUT) != 0)
                feed();
            if ((ready.revents & POLLIN) != 0)
                show();
        }
        std::cout << std::format("{} frames shown from {}, {} broken, copies 0\n", shown_, heap_,
                                 broken_);
        return broken_ == 0 ? 0 : 1;
    }

  private:
    /// In the heap that suits `request`; says on standard output why that one.
    heapsel::BufferPool make_pool(heapsel::Request request, heapsel::BufferLayout layout,
                                  std::size_t frames) {
        request.size = layout.buffer_sizes[0];
        const auto choice = need(heapsel::require_candidate(need(heapsel::choose(request))));
        heap_ = choice.heap()->name;
        std::cout << std::format("{}: {} buffers of {} bytes from {}\n    {}\n", request.name,
                                 frames, request.size, heap_, choice.chosen()->reason)
                  << std::flush;
        return need(heapsel::BufferPool::create(
            need(heapsel::Allocator::create(choice)),
            {.layout = std::move(layout), .min = frames, .max = frames, .name = request.name}));
    }

    /// The decoder gets the first frames; it answers with a picture's size.
    void start() {
        v4l2_event_subscription changes{};
        changes.type = V4L2_EVENT_SOURCE_CHANGE;
        if (::ioctl(fd_.get(), VIDIOC_SUBSCRIBE_EVENT, &changes) != 0)
            give_up("hear of the stream's size", "", "It is no stateful decoder.");
        const std::uint32_t fourcc = heapsel::parse_format(options_.coded).value_or(0);
        const auto format = need(coded_.set_format(fourcc));
        if (format.pixel_format != fourcc)
            give_up("decode " + options_.coded, device_.node,
                    "v4l2-ctl --list-formats-out says what it decodes.", ENOTSUP);
        coded_pool_ =
            make_pool({.consumers = {need(coded_.consumer())}, .prefer = "cached", .name = "coded"},
                      format.layout, 4);
        need(coded_.start(4));
        feed();
    }

    /// Refills what was read, and says where the file ends.
    void feed() {
        while (need(coded_.take_back())) {
        }
        for (auto frame = coded_pool_->acquire("file"); frame && !file_ended_;
             frame = coded_pool_->acquire("file")) {
            auto access = need(frame->begin_access(heapsel::Access::write));
            const std::size_t size = next_frame(file_, options_.file, access.bytes());
            need(access.end());
            file_ended_ = size == 0;
            if (file_ended_)
                drain();
            else
                need(coded_.lend(*std::move(frame), size));
        }
    }

    void drain() const {
        v4l2_decoder_cmd stop{};
        stop.cmd = V4L2_DEC_CMD_STOP;
        if (::ioctl(fd_.get(), VIDIOC_DECODER_CMD, &stop) != 0 && errno != EBUSY)
            give_up("drain the decoder", device_.node, "");
    }

    bool changed() {
        v4l2_event event{};
        while (::ioctl(fd_.get(), VIDIOC_DQEVENT, &event) == 0)
            changed_ |= (event.u.src_change.changes & V4L2_EVENT_SRC_CH_RESOLUTION) != 0;
        return changed_;
    }

    /// The first of the decoder's formats, its own choice before all, that the monitor shows.
    [[nodiscard]] heapsel::QueueFormat agreed() {
        auto formats = pictures_.formats();
        formats.insert(formats.begin(), need(pictures_.format()).pixel_format);
        for (const std::uint32_t fourcc : formats) {
            if (!monitor_.use_plane_for(heapsel::format_of_v4l2(fourcc)))
                continue;
            auto format = need(pictures_.set_format(fourcc));
            if (format.pixel_format == fourcc)
                return format;
        }
        give_up("find a format", device_.node.native() + " and " + options_.display,
                "heapsel devices says what planes show.", ENOTSUP);
    }

    /// The stream has a size, or another one.
    void configure() {
        if (pool_)
            need(pictures_.stop());
        pool_.reset();
        changed_ = false;
        picture_ = agreed();
        const auto frames = pictures_.least_frames() + 3; // Shown, next, and one to spare.
        heapsel::Request request = options_.request;
        request.devices = {monitor_.word()};
        request.consumers = {need(pictures_.consumer())};
        pool_ = make_pool(std::move(request), picture_.layout, frames);
        need(pictures_.start(frames));
        need(pictures_.lend_all(*pool_));
        if (file_ended_)
            drain(); // Stopping the queue may have ended that.
    }

    void show() {
        while (auto done = need(pictures_.take_back())) {
            if (done->broken) {
                ++broken_;
            } else if (done->bytes != 0) {
                need(monitor_.show(std::move(done->frame), picture_.visible_width,
                                   picture_.visible_height));
                ++shown_;
            }
            if (done->last) { // Of the file, or of this size.
                ended_ = !changed();
                return ended_ ? void() : configure();
            }
            need(pictures_.lend_all(*pool_));
        }
    }

    Options options_;
    std::ifstream file_;
    heapsel::Monitor monitor_;
    heapsel::VideoDevice device_;
    heapsel::UniqueFd fd_;
    VideoQueue coded_, pictures_;
    std::string heap_;
    std::optional<heapsel::BufferPool> coded_pool_, pool_;
    heapsel::QueueFormat picture_;
    std::size_t shown_ = 0, broken_ = 0;
    bool file_ended_ = false, changed_ = false, ended_ = false;
};

} // namespace

int main(int argc, char** argv) {
    Options options;
    CLI::App app("Decodes and shows, in memory that decoder and display can both use.");
    app.add_option("FILE", options.file, "Frames of v4l2-ctl --stream-to-hdr")->required();
    app.add_option("-d,--device", options.decoder, "The decoder")->capture_default_str();
    app.add_option("-D,--display", options.display, "The card")->capture_default_str();
    app.add_option("--coded", options.coded, "V4L2's four letters for it")->capture_default_str();
    app.add_option("--heap", options.request.heap, "This heap and no other");
    app.add_option("--require", options.request.require, "What memory must be: contiguous,non-ecc");
    app.add_option("--prefer", options.request.prefer, "What it should be");
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : 2;
    }
    for (const std::string& words : {options.request.require, options.request.prefer}) {
        if (const auto read = heapsel::parse_criteria(words); !read)
            give_up(read.error(), 2);
    }
    return Player(options).play();
}
