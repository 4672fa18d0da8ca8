// SPDX-License-Identifier: LGPL-2.1-or-later
#include "command.hpp"

#include <iostream>

namespace heapsel::tools {

int fail(const Error& error, int status) {
    std::cerr << "heapsel: " << error.message() << '\n';
    return status;
}

} // namespace heapsel::tools
