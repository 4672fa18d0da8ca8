// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

// What some functions of the kernel read and write, apart from all else: a driver's share. With
// them go those that they call of a second set, such as memcpy(), for which nobody is to be blamed
// but callers.
//
// What is on the stack or in the kernel's image, which an emulated device has there because a CPU
// plays it, is apart again: a real device has none of it in memory.

#include "qemu_plugin.h"

#include <stdbool.h>
#include <stdio.h>

/// Each is a list of ranges of virtual addresses; without `functions`, nothing is counted here.
/// False for a list that is none.
bool watch_functions(const char* functions, const char* callees, const char* image,
                     unsigned int cpus);

/// For each block of instructions as it is translated.
void count_functions(struct qemu_plugin_tb* block);

/// "functions NUMBER READ WRITTEN" for each region, then for "stack" and "image" in place of a
/// number.
void write_functions(FILE* out);
