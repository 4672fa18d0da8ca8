// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <filesystem>
#include <string_view>

#include <heapsel/error.hpp>

#include "bandwidth/run/measurement.hpp"

namespace heapsel::tools {

/// What `bandwidth_json` wrote: what was counted, from which all figures are made again, so that a
/// number of bytes a count that was mended in the file counts. What else stands in it is passed
/// over. Pure.
///
/// EBADMSG: it is no JSON, or no such report; the subject says where, and the hint what is wrong.
/// EPROTONOSUPPORT: it is of another schema.
[[nodiscard]] Result<bandwidth::Measurement> read_report(std::string_view text);

/// The same of a file, whose name stands in the subject. Errors also those of `read_file`.
[[nodiscard]] Result<bandwidth::Measurement> read_report_file(const std::filesystem::path& file);

} // namespace heapsel::tools
