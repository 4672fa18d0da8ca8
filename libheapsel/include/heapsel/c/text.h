// SPDX-License-Identifier: LGPL-2.1-or-later
#ifndef HEAPSEL_C_TEXT_H
#define HEAPSEL_C_TEXT_H

#include <heapsel/c/common.h>
#include <heapsel/c/error.h>

HEAPSEL_BEGIN_DECLARATIONS

/// Gives `text` fit for a terminal or a log: every byte outside printable ASCII, and the backslash,
/// as `\xNN`. Names come from the kernel, from udev and from users, and may hold any byte. The
/// caller frees `*printable` with free(3).
HEAPSEL_API int heapsel_printable(const char* text, char** printable, struct heapsel_error** error);
/// Gives a number of bytes for a person: "64 MiB", "1.5 GiB", "512 B". At most one decimal, rounded
/// down. The caller frees `*text` with free(3).
HEAPSEL_API int heapsel_size_text(uint64_t bytes, char** text, struct heapsel_error** error);
/// Reads a number of bytes as people write it: decimal digits with an optional K, M or G (KiB, MiB,
/// GiB), and nothing else. 0 if `text` is NULL or not that, is 0, or does not fit.
HEAPSEL_API uint64_t heapsel_size_called(const char* text);

HEAPSEL_END_DECLARATIONS

#endif
