// SPDX-License-Identifier: LGPL-2.1-or-later
//
// display-crc: records the CRC that the display computed of every frame it scanned out.

#include "card.hpp"
#include "test_mode.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <getopt.h>
#include <optional>
#include <poll.h>
#include <print>
#include <string_view>
#include <unistd.h>
#include <xf86drm.h>

namespace {

using display::monotonic_ns;
using display::Result;

constexpr const char* usage = R"(usage: display-crc --output FILE [options]

Records the CRC of every frame a display scans out, as JSON lines, until SIGTERM, SIGINT or
--seconds. Needs root and debugfs at /sys/kernel/debug. Prints "ready" on stdout when nothing
shown from then on is missed (see --activate).

  --output FILE       where the lines go (required; truncated)
  --driver NAME       the KMS driver (vkms)
  --crtc INDEX        which of its CRTCs, from 0 (0)
  --activate WxH[@HZ] first switch the CRTC on, black, with such a mode (60 Hz), then give up the
                      display so that another program can take it. Without it, a CRTC that is
                      off is waited for: "ready" then comes before the CRC is armed, and frames
                      of the first milliseconds after it is switched on can be missed.
  --seconds S         stop after S seconds
  --linger MS         go on for so long after the signal, for frames still being computed (200)
  --help

Exit status: 0 done, 1 failed (the message says why), 2 wrong usage.
)";

volatile sig_atomic_t stop_signal = 0;

struct Options {
    std::string output;
    std::string driver = "vkms";
    unsigned crtc = 0;
    std::optional<std::array<unsigned, 3>> mode;
    double seconds = 0;
    unsigned linger_ms = 200;
};

/** The CRC file's reader, and what is known of the order of its frames. */
class Recorder {
  public:
    Recorder(int fd, std::FILE* out) : fd_(fd), out_(out) {}

    /** Takes all entries there are. */
    Result<void> drain() {
        while (true) {
            std::array<char, 256> line;
            const ssize_t got = ::read(fd_, line.data(), line.size() - 1);
            if (got < 0 && (errno == EAGAIN || errno == EINTR))
                return {};
            if (got < 0)
                return std::unexpected(display::system_error("reading the CRC file"));
            if (got == 0)
                return std::unexpected(std::string("the CRC source was switched off"));
            line[static_cast<size_t>(got)] = '\0';
            record(line.data());
        }
    }

    uint64_t crcs() const { return crcs_; }
    uint64_t missing() const { return missing_; }
    uint64_t restarts() const { return restarts_; }

  private:
    void record(const char* line) {
        const uint64_t now = monotonic_ns();
        char* rest = nullptr;
        const auto frame = static_cast<uint32_t>(std::strtoul(line, &rest, 16));
        if (last_) {
            // The counter has 32 bits in the file; the difference is right across its end too.
            const uint32_t step = frame - *last_;
            if (step == 0 || step > 0x80000000U) {
                ++restarts_;
                std::println(out_, R"({{"ev":"restart","after":{},"frame":{},"ns":{}}})", *last_,
                             frame, now);
            } else if (step > 1) {
                missing_ += step - 1;
                std::println(out_, R"({{"ev":"gap","after":{},"before":{},"missing":{},"ns":{}}})",
                             *last_, frame, step - 1, now);
            }
        }
        last_ = frame;
        ++crcs_;
        std::print(out_, R"({{"ev":"crc","frame":{},"crc":[)", frame);
        const char* separator = "";
        for (char* value = std::strtok(rest, " \n"); value; value = std::strtok(nullptr, " \n")) {
            std::print(out_, "{}\"{}\"", separator, value);
            separator = ",";
        }
        std::println(out_, R"(],"ns":{}}})", now);
    }

    int fd_;
    std::FILE* out_;
    std::optional<uint32_t> last_;
    uint64_t crcs_ = 0;
    uint64_t missing_ = 0;
    uint64_t restarts_ = 0;
};

Result<void> select_source(const std::string& directory) {
    const std::string path = directory + "/control";
    const display::Fd control(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
    if (!control)
        return std::unexpected(display::system_error(
            path + " (is debugfs mounted, and does the driver compute CRCs?)"));
    if (::write(control.get(), "auto", 4) != 4)
        return std::unexpected(display::system_error(
            path + (errno == EBUSY ? " (another reader has the CRC file open)" : "")));
    return {};
}

/** Opens the CRC file, waiting for the CRTC to be switched on if @p wait; an fd of -1 if stopped
 *  before. The kernel refuses a CRTC that is off with EIO, and has nothing to poll for it. */
Result<display::Fd> open_data(const std::string& directory, bool wait, uint64_t deadline) {
    const std::string path = directory + "/data";
    while (!stop_signal && (!deadline || monotonic_ns() < deadline)) {
        display::Fd data(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
        if (data)
            return data;
        if (errno == EINTR)
            continue;
        if (errno != EIO || !wait)
            return std::unexpected(display::system_error(path));
        ::usleep(500);
    }
    return display::Fd();
}

Result<void> record_until_stopped(Recorder& recorder, int fd, uint64_t deadline,
                                  unsigned linger_ms) {
    uint64_t until = deadline;
    bool stopping = false;
    while (!until || monotonic_ns() < until) {
        pollfd wait{.fd = fd, .events = POLLIN, .revents = 0};
        ::poll(&wait, 1, 50);
        if (auto drained = recorder.drain(); !drained)
            return drained;
        if (stop_signal && !stopping) {
            stopping = true;
            until = monotonic_ns() + uint64_t{linger_ms} * 1'000'000U;
        }
    }
    return recorder.drain();
}

Result<void> run(const Options& options) {
    std::FILE* out = std::fopen(options.output.c_str(), "we");
    if (!out)
        return std::unexpected(display::system_error(options.output));
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> closer(out, std::fclose);
    std::setvbuf(out, nullptr, _IOLBF, 0);

    auto card = display::open_card(options.driver, options.mode.has_value());
    if (!card)
        return std::unexpected(card.error());
    const auto crtc = display::crtc_id(*card, options.crtc);
    if (!crtc)
        return std::unexpected(crtc.error());
    const std::string directory =
        std::format("/sys/kernel/debug/dri/{}/crtc-{}/crc", card->minor, options.crtc);

    if (auto selected = select_source(directory); !selected)
        return selected;
    if (options.mode) {
        const auto [width, height, hz] = *options.mode;
        auto shown = display::show_black(*card, options.crtc, static_cast<uint16_t>(width),
                                         static_cast<uint16_t>(height), hz);
        if (!shown)
            return shown;
        drmDropMaster(card->fd.get());
    } else {
        // Not needed further, and an open card could become master when the real one leaves.
        card->fd = display::Fd();
    }

    const uint64_t started = monotonic_ns();
    const uint64_t deadline =
        options.seconds > 0 ? started + static_cast<uint64_t>(options.seconds * 1e9) : 0;
    std::println(out, R"({{"ev":"start","driver":"{}","crtc_index":{},"crtc":{},"ns":{}}})",
                 options.driver, options.crtc, *crtc, started);
    if (!options.mode) {
        std::println("ready");
        std::fflush(stdout);
    }
    auto data = open_data(directory, !options.mode, deadline);
    if (!data)
        return std::unexpected(data.error());
    Recorder recorder(data->get(), out);
    if (*data) {
        std::println(out, R"({{"ev":"armed","ns":{}}})", monotonic_ns());
        if (options.mode) {
            std::println("ready");
            std::fflush(stdout);
        }
        if (auto recorded =
                record_until_stopped(recorder, data->get(), deadline, options.linger_ms);
            !recorded)
            return recorded;
    }
    std::println(out, R"({{"ev":"stop","crcs":{},"missing":{},"restarts":{},"ns":{}}})",
                 recorder.crcs(), recorder.missing(), recorder.restarts(), monotonic_ns());
    if (std::ferror(out) || std::fflush(out) != 0)
        return std::unexpected(display::system_error(options.output));
    if (!*data)
        return std::unexpected(std::string("the CRTC was never switched on: nothing recorded"));
    return {};
}

std::optional<std::array<unsigned, 3>> parse_mode(const char* text) {
    unsigned width = 0;
    unsigned height = 0;
    unsigned hz = 60;
    int length = 0;
    if (std::sscanf(text, "%ux%u%n", &width, &height, &length) != 2)
        return std::nullopt;
    if (text[length] == '@' && std::sscanf(text + length, "@%u%n", &hz, &length) != 1)
        return std::nullopt;
    if (width == 0 || height == 0 || hz == 0 || width > 8192 || height > 8192 || hz > 1000)
        return std::nullopt;
    return std::array{width, height, hz};
}

int wrong_usage(std::string_view message) {
    std::println(stderr, "display-crc: {} (--help explains)", message);
    return 2;
}

} // namespace

int main(int argc, char** argv) {
    Options options;
    constexpr option table[] = {
        {"output", required_argument, nullptr, 'o'},  {"driver", required_argument, nullptr, 'd'},
        {"crtc", required_argument, nullptr, 'c'},    {"activate", required_argument, nullptr, 'a'},
        {"seconds", required_argument, nullptr, 's'}, {"linger", required_argument, nullptr, 'l'},
        {"help", no_argument, nullptr, 'h'},          {}};
    int choice = 0;
    while ((choice = getopt_long(argc, argv, "", table, nullptr)) != -1) {
        switch (choice) {
        case 'o':
            options.output = optarg;
            break;
        case 'd':
            options.driver = optarg;
            break;
        case 'c':
            options.crtc = static_cast<unsigned>(std::strtoul(optarg, nullptr, 10));
            break;
        case 'a':
            options.mode = parse_mode(optarg);
            if (!options.mode)
                return wrong_usage("--activate wants WxH or WxH@HZ");
            break;
        case 's':
            options.seconds = std::strtod(optarg, nullptr);
            if (options.seconds <= 0)
                return wrong_usage("--seconds wants a number above 0");
            break;
        case 'l':
            options.linger_ms = static_cast<unsigned>(std::strtoul(optarg, nullptr, 10));
            break;
        case 'h':
            std::print("{}", usage);
            return 0;
        default:
            return 2;
        }
    }
    if (options.output.empty() || optind != argc)
        return wrong_usage("--output FILE is required, and no further argument");

    struct sigaction action{};
    action.sa_handler = [](int number) { stop_signal = number; };
    sigaction(SIGTERM, &action, nullptr);
    sigaction(SIGINT, &action, nullptr);

    if (const auto done = run(options); !done) {
        std::println(stderr, "display-crc: {}", done.error());
        return 1;
    }
    return 0;
}
