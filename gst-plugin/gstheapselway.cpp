// SPDX-License-Identifier: LGPL-2.1-or-later
#include "gstheapselway.h"

#include <algorithm>
#include <array>
#include <format>
#include <iterator>
#include <string_view>
#include <utility>

#include <heapsel/display_device.hpp>
#include <heapsel/pixel_format.hpp>
#include <heapsel/policy_target.hpp>
#include <heapsel/printable.hpp>

namespace gstheapsel {
namespace {

enum class Side : std::uint8_t { filler, reader };

heapsel::Queue queue_of(Side side) {
    return side == Side::filler ? heapsel::Queue::capture : heapsel::Queue::output;
}

bool has_property(GstElement* element, const char* name, GType type) {
    const GParamSpec* spec = g_object_class_find_property(G_OBJECT_GET_CLASS(element), name);
    return spec != nullptr && spec->value_type == type && (spec->flags & G_PARAM_READABLE) != 0;
}

/// Empty if there is none.
std::string text_property(GstElement* element, const char* name) {
    if (!has_property(element, name, G_TYPE_STRING))
        return {};
    gchar* text = nullptr;
    g_object_get(element, name, &text, nullptr);
    std::string copy = text != nullptr ? text : "";
    g_free(text);
    return copy;
}

/// -1 if there is none.
gint number_property(GstElement* element, const char* name) {
    gint number = -1;
    if (has_property(element, name, G_TYPE_INT))
        g_object_get(element, name, &number, nullptr);
    return number;
}

bool has_word(GstElement* element, std::string_view word) {
    const gchar* klass = gst_element_get_metadata(element, GST_ELEMENT_METADATA_KLASS);
    return klass != nullptr && std::string_view(klass).contains(word);
}

/// The plugin that an element is from; empty if from none.
std::string_view plugin_name(GstElement* element) {
    GstElementFactory* factory = gst_element_get_factory(element);
    const gchar* name = factory != nullptr
                            ? gst_plugin_feature_get_plugin_name(GST_PLUGIN_FEATURE(factory))
                            : nullptr;
    return name != nullptr ? name : std::string_view();
}

/// What it does is known: it takes no descriptor, or has a driver that leaves no fences.
bool leaves_no_fences(GstElement* element) {
    constexpr std::array<std::string_view, 12> known{
        "coreelements",      "debugutilsbad", "video4linux2", "v4l2codecs",
        "videoconvertscale", "videoconvert",  "videoscale",   "videofilter",
        "compositor",        "jpeg",          "x264",         "vpx"};
    return std::ranges::contains(known, plugin_name(element));
}

/// An element that drops what it gets touches no memory.
bool looks_at_nothing(GstElement* element) {
    constexpr std::array<std::string_view, 2> blind{"fakesink", "fakevideosink"};
    return std::ranges::contains(blind, factory_name(element));
}

/// The cardN that kmssink opened, or would open, by the name of its driver.
std::string card_of(const std::string& driver) {
    for (const heapsel::DisplayDevice& display :
         heapsel::list_display_devices("/", heapsel::Ask::sysfs_alone)) {
        if (display.driver == driver)
            return display.name;
    }
    return {};
}

class Survey {
  public:
    explicit Survey(std::uint32_t drm_format) : drm_format_(drm_format) {}

    void look_at(GstElement* element, Side side) {
        if (side == Side::filler && way_.filler.empty())
            way_.filler = GST_OBJECT_NAME(element);
        if (side == Side::reader && !leaves_no_fences(element))
            way_.fences = true;
        if (!look_at_device(element, side) && !has_word(element, "Hardware") &&
            !looks_at_nothing(element))
            way_.processors.emplace_back(GST_OBJECT_NAME(element));
    }

    void expect_fences() { way_.fences = true; }

    Way take() { return std::move(way_); }

  private:
    /// True if the element has a device, be it one that could not be asked.
    bool look_at_device(GstElement* element, Side side) {
        if (const gint fd = number_property(element, "device-fd"); fd >= 0) {
            ask_open(element, fd, side);
            return true;
        }
        for (const char* property : {"video-device", "device"}) {
            const std::string device = text_property(element, property);
            if (device.starts_with("/dev/video")) {
                ask(element, std::format("{}:{}", device, to_string(queue_of(side))));
                return true;
            }
        }
        if (const std::string driver = text_property(element, "driver-name"); !driver.empty()) {
            ask_display(element, driver);
            return true;
        }
        if (const std::string card = text_property(element, "drm-device"); !card.empty()) {
            if (card.contains("/card"))
                ask(element, card + planes_word(-1));
            return true;
        }
        return has_property(element, "driver-name", G_TYPE_STRING) ||
               has_property(element, "camera-name", G_TYPE_STRING);
    }

    /// The open file says more than a new one: the format that is set on it.
    void ask_open(GstElement* element, int fd, Side side) {
        const heapsel::Queue queue = queue_of(side);
        auto consumer = heapsel::Consumer::v4l2(fd, queue);
        if (!consumer)
            return pass_over(element, consumer.error());
        heapsel::ParsedConsumer asked{*std::move(consumer), {}, {}};
        const std::string word =
            std::format("{}:{}", text_property(element, "device"), to_string(queue));
        if (auto target = heapsel::parse_policy_target(word))
            asked.target = *std::move(target);
        way_.devices.push_back(std::move(asked));
        if (way_.device == nullptr)
            way_.device = std::make_shared<const DeviceElement>(element, queue);
    }

    void ask_display(GstElement* element, const std::string& driver) {
        const std::string card = card_of(driver);
        if (card.empty())
            way_.passed_over.push_back(
                std::format("{} was not asked: no display has the driver {}.",
                            GST_OBJECT_NAME(element), heapsel::printable(driver)));
        else
            ask(element, card + planes_word(number_property(element, "plane-id")));
    }

    /// ":PLANE:FORMAT", as far as it is known.
    [[nodiscard]] std::string planes_word(gint plane) const {
        const std::string which = plane > 0 ? std::format("{}", plane) : "";
        if (drm_format_ == 0)
            return which.empty() ? "" : ":" + which;
        return std::format(":{}:{}", which.empty() ? "primary" : which,
                           heapsel::format_name(drm_format_));
    }

    void ask(GstElement* element, const std::string& word) {
        auto asked = heapsel::parse_consumers(std::array{word});
        if (!asked)
            return pass_over(element, asked.error());
        std::ranges::move(*asked, std::back_inserter(way_.devices));
    }

    void pass_over(GstElement* element, const heapsel::Error& why) {
        way_.passed_over.push_back(
            std::format("{} was not asked: {}", GST_OBJECT_NAME(element), why.message()));
    }

    std::uint32_t drm_format_;
    Way way_;
};

} // namespace

Way look_around(const std::vector<Neighbour>& fillers, const std::vector<Neighbour>& readers,
                std::uint32_t drm_format) {
    Survey survey(drm_format);
    for (const Neighbour& filler : fillers)
        survey.look_at(filler.element.get(), Side::filler);
    if (readers.empty()) // Who reads cannot be seen.
        survey.expect_fences();
    for (const Neighbour& reader : readers)
        survey.look_at(reader.element.get(), Side::reader);
    return survey.take();
}

} // namespace gstheapsel
