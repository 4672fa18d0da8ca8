// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <string>

namespace heapsel {

/// What an errno value means: printable, and in English, whatever the program's locale is.
/// strerror(3) and std::generic_category() translate it.
[[nodiscard]] std::string errno_text(int code);

} // namespace heapsel
