// SPDX-License-Identifier: LGPL-2.1-or-later
#ifndef HEAPSEL_H
#define HEAPSEL_H

/// @file
/// @brief The C API of libheapsel: choose the memory that dma-bufs come from, say why, allocate.
///
/// Most programs need heapsel/c/take.h alone: a request with devices and wishes gives a buffer, an
/// allocator or a pool, and no policy can be passed over. The rest is for programs that do a part
/// of that by hand: scan the heaps, ask the devices, load a policy, select, and allocate or pool.
///
/// That is what a program in C does with buffers, and all that there is. What is for looking at a
/// machine (lists of devices and what they are bound to, how full a heap is and who pays for it,
/// trials, diagnosis) is the C++ API's, and the command's: `heapsel ... --json`.
///
/// It is for C11 and after, and pulls in no kernel header. Its ABI only grows: a program that was
/// linked with one version runs with every later one of the same soversion.
///
/// @section c_errors Errors
/// A function that can fail gives an `int`: 0, or a negative errno value. Its last parameter
/// `error` may be NULL; otherwise each call sets `*error`: to NULL after success, and after a
/// failure to an object that says what was tried, on what and what to do about it, which the caller
/// frees with heapsel_error_free(). Handles that a function gives through a pointer are NULL after
/// a failure.
///
/// Each of these functions, beside the errors that it documents, gives
/// - EINVAL: an argument is NULL that may not be, or a value that its enum does not have; the
///   message names the argument.
/// - ENOMEM: this process has no memory left.
/// - ENOTRECOVERABLE: a fault of the library itself, which should be reported.
///
/// Functions that cannot fail take NULL, too: of no object, texts and pointers are NULL, numbers 0,
/// descriptors -1, and answers those that say nothing. The same holds for an index or an enum value
/// out of range. Freeing NULL does nothing.
///
/// @section c_texts Texts and pointers
/// A `const char*` or a pointer to a const object belongs to the object that it was asked of, and
/// is valid as long as that is, if nothing else is said. Texts end with a NUL byte. Messages,
/// reasons and evidence are printable ASCII; names and paths are raw, and may hold any byte.
///
/// @section c_threads Threads
/// There is no state outside the objects. An object that nothing changes any more may be read by
/// several threads at a time, and an allocator and a pool be used by them; policies, consumers,
/// buffers and leases are changed by one thread at a time.

#include <heapsel/c/allocator.h>
#include <heapsel/c/buffer.h>
#include <heapsel/c/catalog.h>
#include <heapsel/c/consumer.h>
#include <heapsel/c/error.h>
#include <heapsel/c/heap.h>
#include <heapsel/c/layout.h>
#include <heapsel/c/policy.h>
#include <heapsel/c/pool.h>
#include <heapsel/c/selection.h>
#include <heapsel/c/take.h>

#endif
