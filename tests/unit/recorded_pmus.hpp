// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "temporary_directory.hpp"

namespace heapsel::test {

/// tests/fixtures/pmu/SOC, to be read as it is.
[[nodiscard]] std::filesystem::path pmu_fixture(const std::string& soc);

/// All that there are, sorted.
[[nodiscard]] std::vector<std::string> pmu_fixtures();

/// A copy of one, to be changed.
class ChangedPmus {
  public:
    explicit ChangedPmus(const std::string& soc);

    [[nodiscard]] const std::filesystem::path& root() const { return directory_.path(); }

    /// Writes a file of a PMU: "imx8_ddr0/identifier".
    void write(const std::string& file, std::string_view content) const;
    void remove(const std::string& file) const;
    /// The machine's one compatible.
    void set_machine(std::string_view compatible) const;

  private:
    TemporaryDirectory directory_;
};

} // namespace heapsel::test
