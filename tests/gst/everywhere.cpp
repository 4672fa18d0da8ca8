// SPDX-License-Identifier: LGPL-2.1-or-later
#include "suites.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <format>
#include <fstream>
#include <string>
#include <string_view>

#include "board.h"

/// What plays without the element plays with it, in the same caps or in better ones.
namespace {

struct Part {
    const char* name;
    const char* description;
};

/// Each ends with an element called "filler", whose caps are compared.
constexpr std::array sources{
    Part{"videotestsrc", "videotestsrc num-buffers=3 name=filler"},
    Part{"videotestsrc-yuy2", "videotestsrc num-buffers=3 ! "
                              "capsfilter name=filler caps=video/x-raw,format=YUY2"},
    Part{"videotestsrc-10bit", "videotestsrc num-buffers=3 ! "
                               "capsfilter name=filler caps=video/x-raw,format=P010_10LE"},
    Part{"videotestsrc-interlaced", "videotestsrc num-buffers=3 ! capsfilter name=filler "
                                    "caps=video/x-raw,format=NV12,interlace-mode=interleaved"},
    Part{"videoconvert", "videotestsrc num-buffers=3 ! videoconvert name=filler"},
    Part{"videoscale", "videotestsrc num-buffers=3 ! videoscale name=filler"},
    Part{"v4l2src", "v4l2src device=$vivid num-buffers=3 name=filler"},
    Part{"v4l2fwhtdec", "filesrc location=$clip ! gdpdepay ! identity eos-after=4 ! "
                        "v4l2fwhtdec name=filler"},
    Part{"v4l2slh264dec", "filesrc location=$h264 ! h264parse ! v4l2slh264dec name=filler"},
    Part{"rawvideoparse", "filesrc location=/dev/zero num-buffers=3 blocksize=115200 ! "
                          "rawvideoparse format=i420 width=320 height=240 name=filler"},
    Part{"imagefreeze", "videotestsrc num-buffers=1 ! imagefreeze num-buffers=3 name=filler"},
};

constexpr std::array readers{
    Part{"fakesink", "fakesink"},
    Part{"fakevideosink", "fakevideosink"},
    Part{"appsink", "appsink max-buffers=1 drop=true wait-on-eos=false"},
    Part{"checksumsink", "checksumsink"},
    Part{"kmssink", "kmssink driver-name=vkms sync=false"},
    Part{"videoconvert", "videoconvert ! video/x-raw,format=BGRx ! fakesink"},
    Part{"queue", "queue ! fakesink"},
    Part{"tee", "tee name=t ! queue ! fakesink t. ! queue ! fakesink"},
    Part{"compositor", "compositor ! fakesink"},
    Part{"jpegenc", "jpegenc ! fakesink"},
    Part{"filesink", "filesink location=/dev/null"},
};

/// The /dev/videoN of that name; empty if there is none.
std::string video_node(std::string_view name) {
    for (const auto& entry : std::filesystem::directory_iterator("/sys/class/video4linux")) {
        std::string text;
        std::getline(std::ifstream(entry.path() / "name"), text);
        if (text == name)
            return "/dev/" + entry.path().filename().string();
    }
    return "";
}

std::string value_of(const std::string& variable) {
    if (variable == "vivid")
        return video_node("vivid-000-vid-cap");
    const char* value = std::getenv(variable.c_str());
    return value != nullptr ? value : "";
}

/// `$name` in a description stands for a variable of the environment, `$vivid` for that camera.
std::string filled_in(std::string text) {
    for (std::size_t at = text.find('$'); at != std::string::npos; at = text.find('$', at)) {
        const std::size_t end = std::min(text.find(' ', at), text.size());
        const std::string value = value_of(text.substr(at + 1, end - at - 1));
        if (value.empty())
            throw check::Skipped(text.substr(at, end - at) + " is not set");
        text.replace(at, end - at, value);
    }
    return text;
}

/// How a pipeline ended.
struct End {
    bool well = false;
    std::string error;
    std::string caps; ///< What the filler gave.
};

std::string caps_of(GstElement* pipeline) {
    const board::Handle<GstElement> filler(gst_bin_get_by_name(GST_BIN(pipeline), "filler"));
    const board::Handle<GstPad> pad(gst_element_get_static_pad(filler.get(), "src"));
    GstCaps* caps = gst_pad_get_current_caps(pad.get());
    if (caps == nullptr)
        return "";
    gchar* text = gst_caps_to_string(caps);
    gst_caps_unref(caps);
    std::string copy = text;
    g_free(text);
    return copy;
}

End play(const std::string& description) {
    End end;
    const auto inspect = [&](GstElement* pipeline) { end.caps = caps_of(pipeline); };
    try {
        const auto run = board::play(description, {}, inspect);
        end.well = run.eos;
        end.error = run.error;
    } catch (const check::Failed& not_linked) {
        end.error = not_linked.what();
    }
    return end;
}

void plays_as_without(const Part& source, const Part& reader) {
    const std::string from = filled_in(source.description);
    const std::string to = filled_in(reader.description);
    const End without = play(std::format("{} ! {}", from, to));
    const End with = play(std::format("{} ! heapsel ! {}", from, to));
    if (!without.well) // Then it need not play with it either.
        throw check::Skipped("it does not play without the element: " + without.error);
    check::that(with.well, with.error);
    // What a display offers depends on what it showed last.
    const auto again = [&] { return play(std::format("{} ! {}", from, to)).caps; };
    const bool better = std::string_view(with.caps).contains("memory:DMABuf") &&
                        !std::string_view(without.caps).contains("memory:DMABuf");
    if (!better && with.caps != without.caps)
        check::equal(with.caps, again(), "caps");
}

} // namespace

std::vector<check::Test> everywhere_tests() {
    std::vector<check::Test> tests;
    for (const Part& source : sources)
        for (const Part& reader : readers)
            tests.push_back({std::format("everywhere: {} to {}", source.name, reader.name),
                             [&source, &reader] { plays_as_without(source, reader); }});
    return tests;
}
