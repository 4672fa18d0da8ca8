// SPDX-License-Identifier: LGPL-2.1-or-later
#ifndef HEAPSEL_C_ERROR_H
#define HEAPSEL_C_ERROR_H

#include <heapsel/c/common.h>

HEAPSEL_BEGIN_DECLARATIONS

/// What failed, on what, why, and what to do about it.
struct heapsel_error;

/// An errno value, never 0; 0 of NULL.
HEAPSEL_API int heapsel_error_code(const struct heapsel_error* error);
/// What was tried, on what, why not, and what to do about it, as one printable line for a person.
HEAPSEL_API const char* heapsel_error_message(const struct heapsel_error* error);

/// Frees the error.
HEAPSEL_API void heapsel_error_free(struct heapsel_error* error);

HEAPSEL_END_DECLARATIONS

#endif
