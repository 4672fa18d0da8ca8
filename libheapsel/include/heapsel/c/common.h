// SPDX-License-Identifier: LGPL-2.1-or-later
#ifndef HEAPSEL_C_COMMON_H
#define HEAPSEL_C_COMMON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// The version of these headers; the library that a program runs with may be newer.
#define HEAPSEL_VERSION_MAJOR 0
#define HEAPSEL_VERSION_MINOR 1
#define HEAPSEL_VERSION_PATCH 0
/// Whether they are of this version or of a later one: for `#if`.
#define HEAPSEL_VERSION_AT_LEAST(major, minor, patch)                                              \
    (HEAPSEL_VERSION_MAJOR > (major) ||                                                            \
     (HEAPSEL_VERSION_MAJOR == (major) &&                                                          \
      (HEAPSEL_VERSION_MINOR > (minor) ||                                                          \
       (HEAPSEL_VERSION_MINOR == (minor) && HEAPSEL_VERSION_PATCH >= (patch)))))

/// Marks a function of the C API.
#define HEAPSEL_API __attribute__((visibility("default")))

/// Stands around declarations: in C++ they have the linkage of C.
#ifdef __cplusplus
#define HEAPSEL_BEGIN_DECLARATIONS extern "C" {
#define HEAPSEL_END_DECLARATIONS }
#else
#define HEAPSEL_BEGIN_DECLARATIONS
#define HEAPSEL_END_DECLARATIONS
#endif

/// Stands behind the name of an enum: in C++ any int is a value of it, as it is in C.
#ifdef __cplusplus
#define HEAPSEL_INT : int
#else
#define HEAPSEL_INT
#endif

#endif
