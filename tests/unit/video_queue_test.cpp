// SPDX-License-Identifier: LGPL-2.1-or-later
#include <heapsel/video_queue.hpp>

#include <array>
#include <cerrno>
#include <deque>
#include <span>
#include <vector>

#include <drm/drm_fourcc.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/videodev2.h>

#include "fake_v4l2.hpp"
#include "heap_listing.hpp"

namespace heapsel {
namespace {

constexpr std::uint32_t page = 4096;

VideoDevice decoder() {
    VideoDevice device;
    device.name = "video0";
    device.node = "/dev/video0";
    device.driver = "vicodec";
    for (const Queue queue : all_queues) {
        VideoMemory memory;
        memory.use = queue == Queue::capture ? "frame" : "bitstream";
        memory.queue = queue;
        device.memories.push_back(memory);
    }
    return device;
}

/// A frame as the driver was given it.
struct Queued {
    std::uint32_t index = 0;
    std::vector<std::uint32_t> sizes;
    std::vector<std::uint32_t> used;
    friend bool operator==(const Queued&, const Queued&) = default;
};

/// A frame that the driver is done with.
struct Done {
    std::uint32_t index = 0;
    std::uint32_t bytes = 0; ///< Of each dma-buf.
    std::uint32_t flags = 0;
};

/// One of a decoder's queues, as its driver keeps it.
class VideoQueueTest : public testing::Test {
  protected:
    VideoQueueTest() {
        driver_.format = [&](v4l2_format& format) {
            const auto type = format.type;
            format = set_;
            format.type = type;
            return 0;
        };
        on<v4l2_format>(VIDIOC_S_FMT, [&](v4l2_format& format) {
            if (!refuses_formats_)
                set_ = format;
            format = set_;
            return 0;
        });
        on<v4l2_requestbuffers>(VIDIOC_REQBUFS, [&](v4l2_requestbuffers& request) {
            EXPECT_EQ(request.memory, static_cast<unsigned>(V4L2_MEMORY_DMABUF));
            request.count = std::min(request.count, room_);
            requested_.push_back(request.count);
            return 0;
        });
        on<int>(VIDIOC_STREAMON, [&](int& type) { return streams(type, true); });
        on<int>(VIDIOC_STREAMOFF, [&](int& type) { return streams(type, false); });
        on<v4l2_buffer>(VIDIOC_QBUF, [&](v4l2_buffer& buffer) { return enqueue(buffer); });
        on<v4l2_buffer>(VIDIOC_DQBUF, [&](v4l2_buffer& buffer) { return dequeue(buffer); });
    }

    template <typename Argument>
    void on(unsigned long request, std::function<int(Argument&)> answer) {
        driver_.others[request] = [answer = std::move(answer)](void* argument) {
            return answer(*static_cast<Argument*>(argument));
        };
    }

    void is_multiplanar() { driver_.device_caps = V4L2_CAP_VIDEO_M2M_MPLANE; }

    /// A picture in one dma-buf.
    void sets(std::uint32_t format, std::uint32_t pitch, std::uint32_t size) {
        v4l2_pix_format& picture = set_.fmt.pix;
        picture.pixelformat = format;
        picture.width = 60;
        picture.height = 16;
        picture.bytesperline = pitch;
        picture.sizeimage = size;
    }

    [[nodiscard]] VideoQueue queue(Queue which = Queue::capture) const {
        return VideoQueue::create(decoder(), driver_.fd(), which).value();
    }

    /// How many frames nobody has.
    static std::size_t free_of(BufferPool& frames) {
        std::vector<Lease> acquired;
        while (auto lease = frames.acquire("the test"))
            acquired.push_back(*std::move(lease));
        return acquired.size();
    }

    static BufferPool pool(std::size_t frames, std::size_t bufs = 1) {
        BufferLayout layout;
        for (std::size_t i = 0; i < bufs; ++i) {
            layout.planes.push_back({.buffer = i, .offset = 0, .stride = 64, .size = page});
            layout.buffer_sizes.push_back(page);
        }
        const auto memory = [](std::size_t size, std::string_view) -> Result<Buffer> {
            return Buffer(UniqueFd(::open("/dev/null", O_RDWR | O_CLOEXEC)), size,
                          {.heap = "test"});
        };
        return BufferPool::create(memory, {.layout = layout, .min = frames, .max = frames}).value();
    }

    test::FakeV4l2 driver_;
    v4l2_format set_{};
    bool refuses_formats_ = false;
    std::uint32_t room_ = 8;
    std::vector<std::uint32_t> requested_;
    std::vector<std::pair<int, bool>> streamed_;
    std::vector<Queued> queued_;
    std::deque<Done> done_;
    int empty_ = EAGAIN; ///< What a queue says with which the driver is not done.
    int refusal_ = 0;    ///< Of what is enqueued.

  private:
    int streams(int type, bool on) {
        streamed_.emplace_back(type, on);
        return 0;
    }

    int enqueue(const v4l2_buffer& buffer) {
        if (refusal_ != 0)
            return refusal_;
        Queued& queued =
            queued_.emplace_back(Queued{.index = buffer.index, .sizes = {}, .used = {}});
        if (!V4L2_TYPE_IS_MULTIPLANAR(buffer.type)) {
            queued.sizes = {buffer.length};
            queued.used = {buffer.bytesused};
            return 0;
        }
        for (const auto& plane : std::span(buffer.m.planes, buffer.length)) {
            queued.sizes.push_back(plane.length);
            queued.used.push_back(plane.bytesused);
        }
        return 0;
    }

    int dequeue(v4l2_buffer& buffer) {
        if (done_.empty())
            return empty_;
        buffer.index = done_.front().index;
        buffer.flags = done_.front().flags;
        buffer.bytesused = done_.front().bytes;
        if (V4L2_TYPE_IS_MULTIPLANAR(buffer.type)) {
            buffer.length = 2;
            for (auto& plane : std::span(buffer.m.planes, buffer.length))
                plane.bytesused = done_.front().bytes;
        }
        done_.pop_front();
        return 0;
    }
};

TEST_F(VideoQueueTest, IsNoneOfADeviceThatHasNot) {
    VideoDevice camera = decoder();
    camera.memories.pop_back();
    const auto output = VideoQueue::create(camera, driver_.fd(), Queue::output);
    EXPECT_EQ(output.error().message(),
              "cannot find the memory output of the device (/dev/video0): "
              "Invalid argument. It has: capture.");
    driver_.device_caps = V4L2_CAP_VIDEO_CAPTURE;
    EXPECT_EQ(VideoQueue::create(decoder(), driver_.fd(), Queue::output).error().message(),
              "cannot find the output queue (/dev/video0): Invalid argument. The open file is of "
              "another device.");
    EXPECT_EQ(VideoQueue::create(camera, -1, Queue::capture).error().code, EBADF);
}

TEST_F(VideoQueueTest, IsAConsumerThatAPolicyKnowsByItsNames) {
    driver_.enumerate = test::video_listing(test::frames_from({"system"}));
    const auto consumer = queue().consumer();
    ASSERT_TRUE(consumer) << consumer.error().message();
    EXPECT_TRUE(consumer->consumer.usable()->known());
    EXPECT_EQ(consumer->target.driver, "vicodec");
    EXPECT_EQ(consumer->target.queue, Queue::capture);
    EXPECT_EQ(consumer->target.use, "frame");
}

TEST_F(VideoQueueTest, ListsTheFormatsOfItsDriver) {
    on<v4l2_fmtdesc>(VIDIOC_ENUM_FMT, [](v4l2_fmtdesc& description) {
        constexpr std::array formats{V4L2_PIX_FMT_NV12, V4L2_PIX_FMT_YUV420};
        if (description.index >= formats.size())
            return EINVAL;
        description.pixelformat = formats.at(description.index);
        return 0;
    });
    EXPECT_EQ(queue().formats(), (std::vector{V4L2_PIX_FMT_NV12, V4L2_PIX_FMT_YUV420}));
    on<v4l2_fmtdesc>(VIDIOC_ENUM_FMT, [](v4l2_fmtdesc&) { return 0; });
    EXPECT_EQ(queue().formats().size(), 1024U) << "a list without an end is believed so far";
}

TEST_F(VideoQueueTest, LaysAPictureOutAsTheDriverDoes) {
    sets(V4L2_PIX_FMT_NV12, 64, 2000);
    const auto format = queue().format();
    ASSERT_TRUE(format) << format.error().message();
    EXPECT_EQ(format->pixel_format, V4L2_PIX_FMT_NV12);
    EXPECT_EQ(format->stride, 64U);
    EXPECT_EQ(format->buffers, 1U);
    EXPECT_EQ(format->layout,
              (BufferLayout{.planes = {{.buffer = 0, .offset = 0, .stride = 64, .size = 1024},
                                       {.buffer = 0, .offset = 1024, .stride = 64, .size = 512}},
                            .buffer_sizes = {2000}}))
        << "with what the driver keeps behind the picture";
}

TEST_F(VideoQueueTest, LaysAPictureOfSeveralDmaBufsOutInSeveral) {
    is_multiplanar();
    v4l2_pix_format_mplane& picture = set_.fmt.pix_mp;
    picture.pixelformat = V4L2_PIX_FMT_NV12M;
    picture.width = 60;
    picture.height = 16;
    picture.num_planes = 2;
    picture.plane_fmt[0].bytesperline = 64;
    picture.plane_fmt[0].sizeimage = 1024;
    picture.plane_fmt[1].bytesperline = 128;
    picture.plane_fmt[1].sizeimage = 512;
    const auto format = queue().format().value();
    EXPECT_EQ(format.buffers, 2U);
    EXPECT_EQ(format.layout,
              (BufferLayout{.planes = {{.buffer = 0, .offset = 0, .stride = 64, .size = 1024},
                                       {.buffer = 1, .offset = 0, .stride = 128, .size = 512}},
                            .buffer_sizes = {1024, 512}}));
    picture.num_planes = 200;
    EXPECT_EQ(queue().format().value().buffers, 8U) << "no driver has more";
}

TEST_F(VideoQueueTest, TakesCodedPicturesForBytes) {
    sets(V4L2_PIX_FMT_FWHT, 0, 3000);
    EXPECT_EQ(queue(Queue::output).format().value().layout, plain_layout(3000));
}

TEST_F(VideoQueueTest, KeepsTheStrideOfPicturesWhosePlanesAreNotKnown) {
    sets(V4L2_PIX_FMT_SBGGR10P, 80, 1280);
    auto expected = plain_layout(1280);
    expected.planes.front().stride = 80;
    EXPECT_EQ(queue().format().value().layout, expected);
}

TEST_F(VideoQueueTest, SaysWhereTheDriverContradictsItself) {
    sets(V4L2_PIX_FMT_NV12, 8, 3000);
    const auto format = queue().format();
    ASSERT_FALSE(format);
    EXPECT_EQ(format.error().code, EINVAL);
    EXPECT_TRUE(format.error().subject.starts_with("the capture queue, "))
        << format.error().subject;
}

TEST_F(VideoQueueTest, KnowsWhatOfAFrameIsPicture) {
    sets(V4L2_PIX_FMT_NV12, 64, 1536);
    v4l2_rect said{};
    on<v4l2_selection>(VIDIOC_G_SELECTION, [&](v4l2_selection& selection) {
        EXPECT_EQ(selection.type, static_cast<unsigned>(V4L2_BUF_TYPE_VIDEO_CAPTURE));
        EXPECT_EQ(selection.target, static_cast<unsigned>(V4L2_SEL_TGT_COMPOSE));
        selection.r = said;
        return 0;
    });
    const auto visible = [&](v4l2_rect rectangle) {
        said = rectangle;
        const auto format = queue().format().value();
        return std::pair(format.visible_width, format.visible_height);
    };
    const std::pair all(60U, 16U);
    EXPECT_EQ(visible({.left = 0, .top = 0, .width = 50, .height = 12}), std::pair(50U, 12U));
    EXPECT_EQ(visible({.left = 0, .top = 0, .width = 61, .height = 12}), all);
    EXPECT_EQ(visible({.left = 0, .top = 0, .width = 0, .height = 12}), all);
    EXPECT_EQ(visible({.left = 2, .top = 0, .width = 50, .height = 12}), all);
    driver_.others.erase(VIDIOC_G_SELECTION);
    EXPECT_EQ(visible({}), all) << "the driver does not say";
}

TEST_F(VideoQueueTest, ReturnsWhatTheDriverMadeOfAFormat) {
    sets(V4L2_PIX_FMT_NV12, 64, 1536);
    auto capture = queue();
    EXPECT_EQ(capture.set_format(V4L2_PIX_FMT_YUV420).value().pixel_format, V4L2_PIX_FMT_YUV420);
    refuses_formats_ = true;
    EXPECT_EQ(capture.set_format(V4L2_PIX_FMT_NV12).value().pixel_format, V4L2_PIX_FMT_YUV420);
    on<v4l2_format>(VIDIOC_S_FMT, [](v4l2_format&) { return EBUSY; });
    EXPECT_EQ(capture.set_format(V4L2_PIX_FMT_NV12).error().message(),
              "cannot set the format of a queue (the capture queue, VIDIOC_S_FMT): Device or "
              "resource busy");
}

TEST_F(VideoQueueTest, NeedsOneFrameWhereTheDriverSaysNothing) {
    EXPECT_EQ(queue().least_frames(), 1U);
    on<v4l2_control>(VIDIOC_G_CTRL, [](v4l2_control& control) {
        control.value = control.id == V4L2_CID_MIN_BUFFERS_FOR_CAPTURE ? 4 : -2;
        return 0;
    });
    EXPECT_EQ(queue().least_frames(), 4U);
    EXPECT_EQ(queue(Queue::output).least_frames(), 1U);
}

TEST_F(VideoQueueTest, StartsWithRoomForTheFrames) {
    auto capture = queue();
    ASSERT_TRUE(capture.start(3));
    ASSERT_TRUE(capture.stop());
    EXPECT_EQ(requested_, (std::vector<std::uint32_t>{3, 0}));
    EXPECT_EQ(streamed_, (std::vector<std::pair<int, bool>>{{V4L2_BUF_TYPE_VIDEO_CAPTURE, true},
                                                            {V4L2_BUF_TYPE_VIDEO_CAPTURE, false}}));
    room_ = 2;
    EXPECT_EQ(capture.start(3).error().message(),
              "cannot have room for 3 frames (the capture queue, VIDIOC_REQBUFS): No buffer space "
              "available. The driver has room for 2: use so many.");
}

TEST_F(VideoQueueTest, LendsFramesAndTakesThemBack) {
    auto frames = pool(2);
    auto output = queue(Queue::output);
    ASSERT_TRUE(output.lend(frames.acquire("file").value(), 77));
    EXPECT_EQ(queued_, (std::vector<Queued>{{.index = 0, .sizes = {page}, .used = {77}}}));
    EXPECT_FALSE(output.take_back().value()) << "nothing is done yet";
    EXPECT_EQ(free_of(frames), 1U) << "of two";
    done_.push_back({.index = 0, .bytes = 77});
    {
        const auto back = output.take_back().value();
        ASSERT_TRUE(back);
        EXPECT_EQ(back->frame.index(), 0U);
        EXPECT_EQ(back->bytes, 77U);
        EXPECT_FALSE(back->broken);
        EXPECT_FALSE(back->last);
    }
    EXPECT_EQ(free_of(frames), 2U);
}

TEST_F(VideoQueueTest, SpeaksTheMultiPlanarInterfaceToo) {
    is_multiplanar();
    auto frames = pool(1, 2);
    auto capture = queue();
    ASSERT_TRUE(capture.lend(frames.acquire("decoder").value()));
    EXPECT_EQ(queued_, (std::vector<Queued>{{.index = 0, .sizes = {page, page}, .used = {0, 0}}}));
    done_.push_back({.index = 0, .bytes = 100, .flags = V4L2_BUF_FLAG_LAST});
    const auto back = capture.take_back().value();
    ASSERT_TRUE(back);
    EXPECT_EQ(back->bytes, 200U) << "of both dma-bufs";
    EXPECT_TRUE(back->last);
    EXPECT_FALSE(back->broken);
}

TEST_F(VideoQueueTest, LendsAllThatAreFree) {
    auto frames = pool(3);
    auto capture = queue();
    const auto held = frames.acquire("display").value();
    ASSERT_TRUE(capture.lend_all(frames));
    EXPECT_EQ(queued_.size(), 2U);
    ASSERT_TRUE(capture.lend_all(frames)) << "none is free";
    EXPECT_EQ(queued_.size(), 2U);
    frames.set_flushing(true);
    EXPECT_EQ(capture.lend_all(frames).error().code, ECANCELED);
}

TEST_F(VideoQueueTest, SaysThatAFrameIsBroken) {
    auto frames = pool(1);
    auto capture = queue();
    ASSERT_TRUE(capture.lend_all(frames));
    done_.push_back({.index = 0, .flags = V4L2_BUF_FLAG_ERROR});
    const auto back = capture.take_back().value();
    ASSERT_TRUE(back);
    EXPECT_TRUE(back->broken);
    EXPECT_EQ(back->bytes, 0U);
}

TEST_F(VideoQueueTest, IsAtItsEndBehindTheLastFrame) {
    empty_ = EPIPE;
    EXPECT_FALSE(queue().take_back().value());
    empty_ = EIO;
    EXPECT_EQ(queue().take_back().error().code, EIO);
}

TEST_F(VideoQueueTest, BelievesNoDriverThatGivesWhatItDoesNotHave) {
    done_.push_back({.index = 5});
    const auto back = queue().take_back();
    ASSERT_FALSE(back);
    EXPECT_EQ(back.error().code, EBADMSG);
    EXPECT_EQ(back.error().hint, "The driver is faulty: it did not have frame 5.");
}

TEST_F(VideoQueueTest, GivesAFrameThatIsRefusedBackToItsPool) {
    auto frames = pool(1);
    auto capture = queue();
    refusal_ = EFAULT;
    EXPECT_EQ(capture.lend(frames.acquire("decoder").value()).error().message(),
              "cannot give a queue a dma-buf (the capture queue, VIDIOC_QBUF): Bad address. If the "
              "device cannot use such memory, require what it needs (contiguous).");
    EXPECT_EQ(capture.lend_all(frames).error().code, EFAULT);
    EXPECT_EQ(free_of(frames), 1U);
    auto many = pool(1, VIDEO_MAX_PLANES + 1);
    EXPECT_EQ(capture.lend(many.acquire("decoder").value()).error().code, EINVAL);
}

TEST_F(VideoQueueTest, GivesAllFramesBackWhenItStops) {
    auto frames = pool(2);
    auto capture = queue();
    ASSERT_TRUE(capture.lend_all(frames));
    on<int>(VIDIOC_STREAMOFF, [](int&) { return EIO; });
    EXPECT_EQ(capture.stop().error().code, EIO);
    EXPECT_EQ(free_of(frames), 0U) << "the driver may still write to them";
    driver_.others.erase(VIDIOC_STREAMOFF);
    on<int>(VIDIOC_STREAMOFF, [](int&) { return 0; });
    ASSERT_TRUE(capture.stop());
    EXPECT_EQ(free_of(frames), 2U);
}

} // namespace
} // namespace heapsel
