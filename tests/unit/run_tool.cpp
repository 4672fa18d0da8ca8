// SPDX-License-Identifier: LGPL-2.1-or-later
#include "run_tool.hpp"

#include <cstdlib>
#include <utility>

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "io/file.hpp"

namespace heapsel::test {

Outcome run(std::vector<std::string> arguments) {
    constexpr std::size_t limit = std::size_t{1} << 20U;
    const TemporaryDirectory directory;
    const std::string out = directory.path() / "out";
    const std::string err = directory.path() / "err";
    arguments.insert(arguments.begin(), std::getenv("HEAPSEL_EXE"));
    std::vector<char*> argv;
    for (std::string& argument : arguments)
        argv.push_back(argument.data());
    argv.push_back(nullptr);
    posix_spawn_file_actions_t actions{};
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions, 1, out.c_str(), O_WRONLY | O_CREAT, 0600);
    posix_spawn_file_actions_addopen(&actions, 2, err.c_str(), O_WRONLY | O_CREAT, 0600);
    pid_t child = 0;
    const int failed = ::posix_spawn(&child, argv[0], &actions, nullptr, argv.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    EXPECT_EQ(failed, 0);
    int status = 0;
    EXPECT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_TRUE(WIFEXITED(status));
    return {.status = WEXITSTATUS(status),
            .out = read_file(out, limit).value(),
            .err = read_file(err, limit).value()};
}

Outcome Tool::on_board(std::vector<std::string> arguments) const {
    arguments.insert(arguments.end(), {"--root", board_.root()});
    return run(std::move(arguments));
}

bool contains(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

} // namespace heapsel::test
