// SPDX-License-Identifier: LGPL-2.1-or-later
//
// pmu-count: opens events of a PMU as they are, runs a command while they count, and prints a line
// for each: its count, and the nanoseconds that it was enabled and that it ran. An event that the
// kernel refuses is said with the errno's name, and the exit status is 3.

#include <heapsel/unique_fd.hpp>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <fstream>
#include <print>
#include <vector>

#include <linux/perf_event.h>
#include <spawn.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace {

struct Counted {
    std::uint64_t count;
    std::uint64_t enabled;
    std::uint64_t running;
};

struct Options {
    std::string pmu = "lab_ddr";
    std::vector<std::string> events;
    std::vector<std::string> command;
    std::uint64_t sample_period = 0;
    int cpu = 0;
    pid_t task = -1;
    bool apart = false;
    bool off = false;
    bool twice = false;
};

[[noreturn]] void give_up(const std::string& what, int code) {
    std::println(stderr, "{}: {}", what, ::strerrorname_np(code));
    std::exit(3);
}

std::uint32_t type_of(const std::string& pmu) {
    std::ifstream file("/sys/bus/event_source/devices/" + pmu + "/type");
    std::uint32_t type = 0;
    if (!(file >> type))
        give_up(pmu, ENODEV);
    return type;
}

/// "CONFIG", "CONFIG:CONFIG1" or "CONFIG:CONFIG1:CONFIG2", in hexadecimal.
std::array<std::uint64_t, 3> configs_of(const std::string& event) {
    std::array<std::uint64_t, 3> configs{};
    const char* at = event.data();
    const char* const end = at + event.size();
    for (std::uint64_t& config : configs) {
        at = std::from_chars(at, end, config, 16).ptr;
        if (at == end)
            break;
        ++at;
    }
    return configs;
}

heapsel::UniqueFd open_event(const Options& options, const std::string& event, int leader) {
    const auto [config, config1, config2] = configs_of(event);
    perf_event_attr attr{};
    attr.size = sizeof attr;
    attr.type = type_of(options.pmu);
    attr.config = config;
    attr.config1 = config1;
    attr.config2 = config2;
    attr.sample_period = options.sample_period;
    // A group is switched by its first event.
    attr.disabled = leader < 0;
    attr.read_format = PERF_FORMAT_TOTAL_TIME_ENABLED | PERF_FORMAT_TOTAL_TIME_RUNNING;
    if (!options.apart)
        attr.read_format |= PERF_FORMAT_GROUP;
    const long fd = ::syscall(SYS_perf_event_open, &attr, options.task, options.cpu, leader,
                              PERF_FLAG_FD_CLOEXEC);
    if (fd < 0)
        give_up(event, errno);
    return heapsel::UniqueFd(static_cast<int>(fd));
}

class Counters {
  public:
    explicit Counters(const Options& options) : apart_(options.apart) {
        for (const std::string& event : options.events)
            fds_.push_back(open_event(options, event, apart_ || fds_.empty() ? -1 : fds_[0].get()));
    }

    void control(unsigned long request) const {
        for (std::size_t i = 0; i < (apart_ ? fds_.size() : 1); ++i)
            if (::ioctl(fds_[i].get(), request, 0) != 0)
                give_up("ioctl", errno);
    }

    [[nodiscard]] std::vector<Counted> read() const {
        std::vector<Counted> all;
        if (apart_) {
            for (const auto& fd : fds_) {
                Counted counted{};
                read_from(fd.get(), &counted, sizeof counted);
                all.push_back(counted);
            }
            return all;
        }
        // How many there are, the times, and the counts.
        std::vector<std::uint64_t> words(3 + fds_.size());
        read_from(fds_[0].get(), words.data(), words.size() * sizeof words[0]);
        for (std::size_t i = 3; i < words.size(); ++i)
            all.push_back({words[i], words[1], words[2]});
        return all;
    }

  private:
    static void read_from(int fd, void* to, std::size_t size) {
        const ssize_t got = ::read(fd, to, size);
        if (got != static_cast<ssize_t>(size))
            give_up("read", got < 0 ? errno : EIO);
    }

    bool apart_;
    std::vector<heapsel::UniqueFd> fds_;
};

int run(const std::vector<std::string>& command) {
    std::vector<char*> words;
    words.reserve(command.size() + 1);
    for (const std::string& word : command)
        words.push_back(const_cast<char*>(word.c_str()));
    words.push_back(nullptr);
    pid_t child = 0;
    int status = 0;
    if (const int error = ::posix_spawnp(&child, words[0], nullptr, nullptr, words.data(), environ))
        give_up(command[0], error);
    ::waitpid(child, &status, 0);
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

void print(const std::vector<Counted>& all) {
    for (const Counted& counted : all)
        std::println("{} {} {}", counted.count, counted.enabled, counted.running);
}

} // namespace

int main(int argc, char** argv) {
    Options options;
    CLI::App app("Counts events of a PMU while a command runs.");
    app.add_option("--pmu", options.pmu)->capture_default_str();
    app.add_option("--event", options.events, "CONFIG[:CONFIG1[:CONFIG2]] in hexadecimal")
        ->required()
        ->allow_extra_args(false);
    app.add_option("--sample-period", options.sample_period);
    app.add_option("--cpu", options.cpu)->capture_default_str();
    app.add_option("--task", options.task)->capture_default_str();
    app.add_flag("--apart", options.apart, "each event by itself, not all as a group");
    app.add_flag("--off", options.off, "the events are never enabled");
    app.add_flag("--twice", options.twice,
                 "run the command again with the events disabled, and print what stands then, too");
    app.add_option("command", options.command)->required();
    CLI11_PARSE(app, argc, argv);

    const Counters counters(options);
    if (!options.off)
        counters.control(PERF_EVENT_IOC_ENABLE);
    int status = run(options.command);
    if (!options.off)
        counters.control(PERF_EVENT_IOC_DISABLE);
    print(counters.read());
    if (options.twice) {
        status = std::max(status, run(options.command));
        print(counters.read());
    }
    return status;
}
