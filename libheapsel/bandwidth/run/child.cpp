// SPDX-License-Identifier: LGPL-2.1-or-later
#include "bandwidth/run/child.hpp"

#include <cerrno>
#include <csignal>
#include <cstring>
#include <format>
#include <utility>

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <heapsel/printable.hpp>

namespace heapsel::bandwidth {
namespace {

/// How the program is started. Frees what posix_spawn(3) has for that.
class SpawnPlan {
  public:
    explicit SpawnPlan(int input) {
        ::posix_spawnattr_init(&attributes_);
        ::posix_spawn_file_actions_init(&actions_);
        sigset_t none{};
        ::sigemptyset(&none);
        ::posix_spawnattr_setsigmask(&attributes_, &none);
        ::posix_spawnattr_setpgroup(&attributes_, 0);
        ::posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP);
        if (input < 0)
            ::posix_spawn_file_actions_addopen(&actions_, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
        else
            ::posix_spawn_file_actions_adddup2(&actions_, input, STDIN_FILENO);
        ::posix_spawn_file_actions_adddup2(&actions_, STDERR_FILENO, STDOUT_FILENO);
    }
    SpawnPlan(const SpawnPlan&) = delete;
    SpawnPlan& operator=(const SpawnPlan&) = delete;
    ~SpawnPlan() {
        ::posix_spawn_file_actions_destroy(&actions_);
        ::posix_spawnattr_destroy(&attributes_);
    }

    /// The errno; 0 and the process in `pid`.
    int start(const std::vector<std::string>& command, pid_t& pid) const {
        std::vector<std::string> words = command;
        std::vector<char*> arguments;
        for (std::string& word : words)
            arguments.push_back(word.data());
        arguments.push_back(nullptr);
        return ::posix_spawnp(&pid, arguments.front(), &actions_, &attributes_, arguments.data(),
                              environ);
    }

  private:
    posix_spawnattr_t attributes_{};
    posix_spawn_file_actions_t actions_{};
};

std::unexpected<Error> not_started(int code, const std::vector<std::string>& command) {
    return std::unexpected(Error{
        .code = code,
        .operation = "run the command",
        .subject = printable(command.empty() ? std::string() : command.front()),
        .hint = code == ENOENT ? "There is no such program in the directories of PATH." : ""});
}

bool ends_within(int fd, int milliseconds) {
    pollfd waited{.fd = fd, .events = POLLIN, .revents = 0};
    return ::poll(&waited, 1, milliseconds) > 0;
}

} // namespace

std::string ChildEnd::describe() const {
    return signal != 0 ? std::format("was ended by signal {} ({})", signal, ::strsignal(signal))
                       : std::format("ended with status {}", status);
}

Result<Child> Child::start(const std::vector<std::string>& command, int input) {
    if (command.empty())
        return not_started(EINVAL, command);
    pid_t pid = 0;
    if (const int code = SpawnPlan(input).start(command, pid); code != 0)
        return not_started(code, command);
    Child child(pid, UniqueFd(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0))));
    if (!child.fd_)
        return not_started(errno, command);
    return child;
}

Child::Child(Child&& other) noexcept
    : pid_(std::exchange(other.pid_, 0)), fd_(std::move(other.fd_)) {}

Child::~Child() {
    if (pid_ == 0)
        return;
    constexpr int patience = 3000; // milliseconds
    ::kill(-pid_, SIGTERM);
    if (!fd_ || !ends_within(fd_.get(), patience))
        ::kill(-pid_, SIGKILL);
    static_cast<void>(wait());
}

ChildEnd Child::wait() {
    siginfo_t ended{};
    // Until it has been waited for, its number is no other group's.
    while (::waitid(P_PID, static_cast<id_t>(pid_), &ended, WEXITED | WNOWAIT) != 0 &&
           errno == EINTR) {
    }
    ::kill(-pid_, SIGKILL);
    while (::waitid(P_PID, static_cast<id_t>(pid_), &ended, WEXITED) != 0 && errno == EINTR) {
    }
    pid_ = 0;
    if (ended.si_code == CLD_EXITED)
        return {.status = ended.si_status, .signal = 0};
    return {.status = 0, .signal = ended.si_status};
}

} // namespace heapsel::bandwidth
