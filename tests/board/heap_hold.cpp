// SPDX-License-Identifier: LGPL-2.1-or-later
//
// heap-hold: buffers that a task in a cgroup allocates, and that live on when it is gone. Prints
// one line a buffer, "ok" or the errno's name, and "held"; ends, and frees them, when its input
// ends.

#include "heap.hpp"

#include <CLI/CLI.hpp>
#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <print>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

namespace {

using heapsel::UniqueFd;

struct Options {
    std::string heap;
    std::size_t size = 4096;
    unsigned count = 1;
    std::string cgroup;
};

/// What the allocating task tells of one buffer: its descriptor there, or -errno.
using Told = int;

bool enter(const std::string& cgroup) {
    const UniqueFd procs(open((cgroup + "/cgroup.procs").c_str(), O_WRONLY | O_CLOEXEC));
    return write(procs.get(), "0", 1) == 1;
}

/// In a task of its own: allocates, tells, and ends when the other side has taken the buffers.
[[noreturn]] void allocate_in_cgroup(const Options& options, int tell, int taken) {
    if (!options.cgroup.empty() && !enter(options.cgroup))
        _exit(2);
    const board::Heap heap(options.heap);
    for (unsigned i = 0; i < options.count; ++i) {
        auto buffer = heap.allocate(options.size);
        const Told told = buffer ? buffer->release() : -buffer.error();
        if (write(tell, &told, sizeof told) != sizeof told)
            _exit(2);
    }
    char end = 0;
    _exit(read(taken, &end, 1) == 0 ? 0 : 2);
}

UniqueFd take(int pidfd, int descriptor) {
    return UniqueFd(static_cast<int>(syscall(SYS_pidfd_getfd, pidfd, descriptor, 0)));
}

} // namespace

int main(int argc, char** argv) {
    Options options;
    CLI::App app("Holds buffers that a task in a cgroup has allocated, until its input ends.");
    app.add_option("heap", options.heap)->required();
    app.add_option("--size", options.size, "bytes of a buffer")->capture_default_str();
    app.add_option("--count", options.count, "how many to try")->capture_default_str();
    app.add_option("--cgroup", options.cgroup, "directory of the cgroup that allocates");
    CLI11_PARSE(app, argc, argv);

    std::array<int, 2> tell{};
    std::array<int, 2> taken{};
    if (pipe2(tell.data(), O_CLOEXEC) != 0 || pipe2(taken.data(), O_CLOEXEC) != 0)
        return 2;
    const pid_t child = fork();
    if (child == 0) {
        close(tell[0]);
        close(taken[1]);
        allocate_in_cgroup(options, tell[1], taken[0]);
    }
    close(tell[1]);
    close(taken[0]);

    const UniqueFd pidfd(static_cast<int>(syscall(SYS_pidfd_open, child, 0)));
    std::vector<UniqueFd> held;
    Told told = 0;
    while (read(tell[0], &told, sizeof told) == sizeof told && held.size() < options.count) {
        std::println("{}", told < 0 ? strerrorname_np(-told) : "ok");
        held.push_back(told < 0 ? UniqueFd() : take(pidfd.get(), told));
        if (told >= 0 && !held.back()) {
            std::println(stderr, "pidfd_getfd: {}", std::strerror(errno));
            return 2;
        }
        if (held.size() == options.count)
            break;
    }
    close(taken[1]);
    int status = 0;
    waitpid(child, &status, 0);
    if (status != 0 || held.size() != options.count) {
        std::println(stderr, "the allocating task failed");
        return 2;
    }
    std::println("held");
    std::fflush(stdout);
    char end = 0;
    while (read(STDIN_FILENO, &end, 1) > 0)
        ;
    return 0;
}
