// SPDX-License-Identifier: LGPL-2.1-or-later
#include <heapsel/c/error.h>

#include "c/call.hpp"

int heapsel_error_code(const heapsel_error* error) {
    return error == nullptr ? 0 : error->code;
}

const char* heapsel_error_message(const heapsel_error* error) {
    return error == nullptr ? nullptr : error->message;
}

void heapsel_error_free(heapsel_error* error) {
    heapsel::c_api::free_error(error);
}
