// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <array>

#include <heapsel/trait.hpp>

namespace heapsel::c_api {

inline constexpr std::array all_answers{Answer::no, Answer::yes, Answer::unknown};

} // namespace heapsel::c_api
