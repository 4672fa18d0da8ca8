// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace heapsel::bandwidth {

/// The compatibles of the device tree's root under `root`, the most specific first:
/// "fsl,imx8mp-evk", "fsl,imx8mp". None where there is no device tree, or it cannot be read.
[[nodiscard]] std::vector<std::string> machine_names(const std::filesystem::path& root);

} // namespace heapsel::bandwidth
