// SPDX-License-Identifier: LGPL-2.1-or-later
//
// Decodes with a V4L2 stateful decoder and shows on a KMS plane, out of the very dma-bufs that were
// decoded into. docs/decode.md walks through it.
#include <CLI/CLI.hpp>
#include <format>
#include <poll.h>

#include <heapsel/take.hpp>
#include <heapsel/video_device.hpp>

#include "coded_file.hpp"
#include "display.hpp"
#include "queue.hpp"

namespace {

struct Options {
    std::string decoder = "/dev/video0", display = "card0", coded = "FWHT", file;
    heapsel::Request request{.name = "pictures"}; ///< What is asked of the pictures' memory.
};

/// Where planes are in a picture of the decoder's, which says but its stride and size.
heapsel::BufferLayout layout_of(const v4l2_pix_format_mplane& picture) {
    const auto format = heapsel::format_of_v4l2(picture.pixelformat);
    const auto [size, stride, reserved] = picture.plane_fmt[0];
    const auto tight = need(heapsel::buffer_layout(format, picture.width, picture.height));
    const std::uint32_t columns = stride / (tight.planes[0].stride / picture.width);
    auto layout = need(heapsel::buffer_layout(format, columns, picture.height));
    layout.buffer_sizes[0] = std::max(layout.buffer_sizes[0], size);
    return layout;
}

class Player {
  public:
    explicit Player(const Options& options)
        : options_(options), file_(options.file), display_(options.display),
          node_(need(heapsel::find_video_device(options.decoder)).node),
          fd_(::open(node_.c_str(), O_RDWR | O_NONBLOCK | O_CLOEXEC)) {
        if (!fd_)
            give_up("open the decoder", node_, "Be in the group of its node.", errno);
        coded_.emplace(fd_.get(), heapsel::Queue::output);
        pictures_.emplace(fd_.get(), heapsel::Queue::capture);
    }

    int play() {
        start();
        while (!ended_) {
            const auto more = static_cast<short>(file_ended_ ? 0 : POLLOUT);
            pollfd ready{.fd = fd_.get(),
                         .events = static_cast<short>(POLLIN | POLLPRI | more),
                         .revents = 0};
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
    /// The decoder as it is set now, and as policies call it.
    [[nodiscard]] heapsel::ParsedConsumer consumer(heapsel::Queue queue) const {
        const std::string word = node_ + ':' + std::string(heapsel::to_string(queue));
        return {.consumer = need(heapsel::Consumer::v4l2(fd_.get(), queue)),
                .show = {},
                .target = need(heapsel::parse_policy_target(word))};
    }

    /// In the heap that suits `request`; says on standard output why that one.
    heapsel::BufferPool make_pool(const heapsel::Request& request, heapsel::BufferLayout layout,
                                  std::size_t frames) {
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
        v4l2_event_subscription changes{
            .type = V4L2_EVENT_SOURCE_CHANGE, .id = 0, .flags = 0, .reserved = {}};
        call(fd_.get(), VIDIOC_SUBSCRIBE_EVENT, &changes, "hear of the stream's size",
             "It is no stateful decoder.");
        const std::uint32_t fourcc = heapsel::parse_format(options_.coded).value_or(0);
        const auto format = coded_->format(fourcc);
        if (format.pixelformat != fourcc)
            give_up("decode " + options_.coded, node_,
                    "v4l2-ctl --list-formats-out says what it decodes.", ENOTSUP);
        const std::uint32_t size = format.plane_fmt[0].sizeimage;
        coded_pool_ = make_pool({.consumers = {consumer(heapsel::Queue::output)},
                                 .prefer = "cached",
                                 .size = size,
                                 .name = "coded"},
                                heapsel::plain_layout(size), 4);
        coded_->stream(4);
        feed();
    }

    /// Refills what was read, and says where the file ends.
    void feed() {
        while (coded_->take_back()) {
        }
        for (auto frame = coded_pool_->acquire("file"); frame && !file_ended_;
             frame = coded_pool_->acquire("file")) {
            auto access = need(frame->begin_access(heapsel::Access::write));
            const std::size_t size = file_.next(access.bytes());
            need(access.end());
            file_ended_ = size == 0;
            if (file_ended_)
                drain();
            else
                coded_->lend(*std::move(frame), size);
        }
    }

    void drain() const {
        v4l2_decoder_cmd stop{};
        stop.cmd = V4L2_DEC_CMD_STOP;
        if (::ioctl(fd_.get(), VIDIOC_DECODER_CMD, &stop) != 0 && errno != EBUSY)
            give_up("drain the decoder", node_, "", errno);
    }

    bool changed() {
        v4l2_event event{};
        while (::ioctl(fd_.get(), VIDIOC_DQEVENT, &event) == 0)
            changed_ |= (event.u.src_change.changes & V4L2_EVENT_SRC_CH_RESOLUTION) != 0;
        return changed_;
    }

    /// The first of the decoder's formats, its own choice before all, that the display shows.
    [[nodiscard]] v4l2_pix_format_mplane agreed() {
        std::uint32_t fourcc = pictures_->format().pixelformat;
        for (unsigned i = 0; fourcc != 0; fourcc = pictures_->format_at(i++)) {
            if (!display_.takes(heapsel::format_of_v4l2(fourcc)))
                continue;
            const auto format = pictures_->format(fourcc);
            if (format.pixelformat == fourcc && format.num_planes == 1)
                return format;
        }
        give_up("find a format", node_ + " and " + options_.display,
                "heapsel devices says what planes show.", ENOTSUP);
    }

    /// The stream has a size, or another one.
    void configure() {
        if (pool_)
            pictures_->stream(0);
        pool_.reset();
        changed_ = false;
        picture_ = agreed();
        v4l2_control least{.id = V4L2_CID_MIN_BUFFERS_FOR_CAPTURE, .value = 0};
        call(fd_.get(), VIDIOC_G_CTRL, &least, "read how many buffers the decoder needs");
        const auto frames =
            static_cast<unsigned>(least.value) + 3; // Shown, next, and one to spare.
        auto layout = layout_of(picture_);
        heapsel::Request request = options_.request;
        request.size = layout.buffer_sizes[0];
        request.consumers = {
            consumer(heapsel::Queue::capture),
            {.consumer = need(heapsel::Consumer::drm(
                 display_.fd(), display_.plane(), heapsel::format_of_v4l2(picture_.pixelformat))),
             .show = {},
             .target = need(heapsel::parse_policy_target(options_.display))}};
        pool_ = make_pool(request, std::move(layout), frames);
        v4l2_selection visible{};
        visible.type = V4L2_BUF_TYPE_VIDEO_CAPTURE;
        visible.target = V4L2_SEL_TGT_COMPOSE;
        if (::ioctl(fd_.get(), VIDIOC_G_SELECTION, &visible) == 0)
            picture_.width = visible.r.width, picture_.height = visible.r.height;
        pictures_->stream(frames);
        lend();
        if (file_ended_)
            drain(); // Stopping the queue may have ended that.
    }

    void lend() {
        while (auto frame = pool_->acquire("decoder"))
            pictures_->lend(*std::move(frame));
    }

    void show() {
        while (auto done = pictures_->take_back()) {
            const bool broken = (done->flags & V4L2_BUF_FLAG_ERROR) != 0;
            broken_ += broken ? 1 : 0;
            shown_ += broken || done->bytes == 0 ? 0 : 1;
            if (!broken && done->bytes != 0)
                display_.show(std::move(done->frame), picture_.width, picture_.height);
            else
                done->frame.release();
            if ((done->flags & V4L2_BUF_FLAG_LAST) == 0) {
                lend();
            } else { // Of the file, or of this size.
                ended_ = !changed();
                return ended_ ? void() : configure();
            }
        }
    }

    Options options_;
    CodedFile file_;
    Display display_;
    std::string node_, heap_;
    heapsel::UniqueFd fd_;
    std::optional<heapsel::BufferPool> coded_pool_, pool_;
    std::optional<Queue> coded_, pictures_;
    v4l2_pix_format_mplane picture_{};
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
    app.add_option("--coded", options.coded, "The frames' format, by V4L2's four letters")
        ->capture_default_str();
    app.add_option("--heap", options.request.heap, "This heap and no other");
    app.add_option("--require", options.request.require, "What memory must be: contiguous,non-ecc");
    app.add_option("--prefer", options.request.prefer, "What it should be");
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : 2;
    }
    return Player(options).play();
}
