// SPDX-License-Identifier: LGPL-2.1-or-later
#include "command.hpp"

#include <cerrno>
#include <iostream>

namespace heapsel::tools {

int fail(const Error& error, int status) {
    std::cerr << "heapsel: " << error.message() << '\n';
    return status;
}

int fail_of_word(const Error& error) {
    return fail(error, error.code == EINVAL ? exit_usage : exit_failure);
}

} // namespace heapsel::tools
