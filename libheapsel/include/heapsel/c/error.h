// SPDX-License-Identifier: LGPL-2.1-or-later
#ifndef HEAPSEL_C_ERROR_H
#define HEAPSEL_C_ERROR_H

#include <heapsel/c/common.h>

HEAPSEL_BEGIN_DECLARATIONS

/// What failed, on what, why, and what to do about it.
struct heapsel_error;

/// An errno value, never 0; 0 of NULL.
HEAPSEL_API int heapsel_error_code(const struct heapsel_error* error);
/// What was tried, as an infinitive: "allocate 663552 bytes".
HEAPSEL_API const char* heapsel_error_attempted(const struct heapsel_error* error);
/// On what: a heap's name, a path, an argument; raw, and may be empty.
HEAPSEL_API const char* heapsel_error_subject(const struct heapsel_error* error);
/// What to do about it, as a full sentence; may be empty.
HEAPSEL_API const char* heapsel_error_remedy(const struct heapsel_error* error);
/// All of it, as one printable line for a person.
HEAPSEL_API const char* heapsel_error_message(const struct heapsel_error* error);

/// Frees the error.
HEAPSEL_API void heapsel_error_free(struct heapsel_error* error);

HEAPSEL_END_DECLARATIONS

#endif
