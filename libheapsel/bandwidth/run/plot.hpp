// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <filesystem>
#include <string>

#include <heapsel/error.hpp>

namespace heapsel::bandwidth {

/// The program gnuplot, where PATH has one. ENOENT: it has none; the hint says what to install.
[[nodiscard]] Result<std::filesystem::path> find_gnuplot();

/// Has gnuplot draw what `script` says. EIO: it failed, and has said why on standard error. Else
/// the errno of memfd_create(2), write(2), and the errors of Child.
[[nodiscard]] Result<void> draw(const std::filesystem::path& gnuplot, const std::string& script);

} // namespace heapsel::bandwidth
