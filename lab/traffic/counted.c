// SPDX-License-Identifier: LGPL-2.1-or-later
//
// counted CMD...: runs CMD between the marks that tell the traffic plugin what to count. Its exit
// status is CMD's, as a shell gives it.

#include "marks.h"

#include <errno.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

extern char** environ;

int main(int argc, char** argv) {
    if (argc < 2) {
        fprintf(stderr, "usage: counted CMD...\n");
        return 2;
    }
    pid_t child = 0;
    int status = 0;
    __asm__ volatile("hint %0" : : "i"(MARK_BEGIN) : "memory");
    const int error = posix_spawnp(&child, argv[1], NULL, NULL, argv + 1, environ);
    if (error == 0)
        waitpid(child, &status, 0);
    __asm__ volatile("hint %0" : : "i"(MARK_END) : "memory");
    if (error != 0) {
        fprintf(stderr, "%s: %s\n", argv[1], strerror(error));
        return error == ENOENT ? 127 : 126;
    }
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}
