// SPDX-License-Identifier: LGPL-2.1-or-later
//
// count-calls PROGRAM [ARGUMENT...]: how many system calls the program makes from its start to its
// end, those of its loader among them.

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <print>

#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

namespace {

[[noreturn]] void give_up(const char* what) {
    std::println(stderr, "count-calls: {}: {}", what, std::strerror(errno));
    std::exit(1);
}

/// Each call stops the program twice, before and behind it; the last one only before.
long stops_of(pid_t program) {
    constexpr int of_a_call = SIGTRAP | 0x80;
    int status = 0;
    if (waitpid(program, &status, 0) != program ||
        ptrace(PTRACE_SETOPTIONS, program, nullptr, PTRACE_O_TRACESYSGOOD) != 0)
        give_up("ptrace");
    long stops = 0;
    for (int signal = 0;;) {
        if (ptrace(PTRACE_SYSCALL, program, nullptr, signal) != 0 ||
            waitpid(program, &status, 0) != program)
            give_up("ptrace");
        if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
            return stops;
        if (!WIFSTOPPED(status)) {
            std::println(stderr, "count-calls: the program failed");
            std::exit(1);
        }
        signal =
            WSTOPSIG(status) == of_a_call || WSTOPSIG(status) == SIGTRAP ? 0 : WSTOPSIG(status);
        stops += WSTOPSIG(status) == of_a_call ? 1 : 0;
    }
}

} // namespace

int main(int argc, char** argv) {
    if (argc < 2)
        return 2;
    const pid_t program = fork();
    if (program < 0)
        give_up("fork");
    if (program == 0) {
        ptrace(PTRACE_TRACEME, 0, nullptr, nullptr);
        execv(argv[1], argv + 1);
        give_up(argv[1]);
    }
    std::println("{}", (stops_of(program) + 1) / 2);
    return 0;
}
