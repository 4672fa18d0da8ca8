// SPDX-License-Identifier: LGPL-2.1-or-later
//
// start-bench ROUNDS PROGRAM [ARGUMENT...]: starts the program again and again, and says in JSON
// how many nanoseconds it took on average from before its start to its end, and how many it says
// itself (a number on its standard output).

#include <array>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <print>
#include <string>

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <heapsel/unique_fd.hpp>

namespace {

[[noreturn]] void give_up(const char* what, int code) {
    std::println(stderr, "start-bench: {}: {}", what, std::strerror(code));
    std::exit(1);
}

/// What the program printed; ends this one if it fails.
std::string output_of(char** program) {
    std::array<int, 2> ends{};
    if (pipe(ends.data()) != 0)
        give_up("pipe", errno);
    const heapsel::UniqueFd reader(ends[0]);
    heapsel::UniqueFd writer(ends[1]);
    posix_spawn_file_actions_t actions{};
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, writer.get(), STDOUT_FILENO);
    posix_spawn_file_actions_addclose(&actions, reader.get());
    posix_spawn_file_actions_addclose(&actions, writer.get());
    pid_t child = 0;
    const int code = posix_spawn(&child, program[0], &actions, nullptr, program, environ);
    posix_spawn_file_actions_destroy(&actions);
    if (code != 0)
        give_up(program[0], code);
    writer.reset();
    std::array<char, 64> text{};
    const auto length = read(reader.get(), text.data(), text.size());
    int status = 0;
    if (waitpid(child, &status, 0) != child || status != 0 || length <= 0)
        give_up(program[0], ECHILD);
    return {text.data(), static_cast<std::size_t>(length)};
}

} // namespace

int main(int argc, char** argv) {
    const int rounds = argc > 2 ? std::atoi(argv[1]) : 0;
    if (rounds < 1)
        return 2;
    output_of(argv + 2); // the pages of its files are in memory now
    double inside = 0;
    const auto started = std::chrono::steady_clock::now();
    for (int i = 0; i < rounds; ++i)
        inside += std::strtod(output_of(argv + 2).c_str(), nullptr);
    const std::chrono::duration<double, std::nano> whole =
        std::chrono::steady_clock::now() - started;
    std::println("{{\"whole\": {}, \"inside\": {}}}", whole.count() / rounds, inside / rounds);
    return 0;
}
