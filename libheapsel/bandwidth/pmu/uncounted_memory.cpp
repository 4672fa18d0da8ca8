// SPDX-License-Identifier: LGPL-2.1-or-later
#include "bandwidth/pmu/uncounted_memory.hpp"

#include <algorithm>
#include <array>
#include <format>
#include <optional>
#include <string_view>

#include "bandwidth/pmu/known_counter.hpp"
#include "bandwidth/pmu/machine_names.hpp"
#include "bandwidth/pmu/pmu_description.hpp"
#include "base/pattern.hpp"
#include "io/attribute.hpp"
#include "io/directory.hpp"

namespace heapsel::bandwidth {
namespace {

namespace fs = std::filesystem;

struct Reason {
    std::string_view name; ///< A pattern of PMUs, or a driver.
    std::string_view why;
};

/// For those that no row of the table fits.
constexpr std::array<Reason, 8> pmu_reasons{{
    {.name = "imx8_ddr*", .why = "Linux does not say how many bytes a count is on this SoC."},
    {.name = "imx9_ddr*", .why = "Linux does not say how many bytes a count is on this SoC."},
    {.name = "imx8_db*", .why = "Linux does not say how many bytes a count is."},
    {.name = "hisi_sccl*_ddrc*",
     .why = "Linux does not say how many bytes a count of flux_rd and flux_wr is."},
    {.name = "mrvl_ddr_pmu_*", .why = "Linux does not say how many bytes an access is."},
    {.name = "ampere_mcu_pmu_*", .why = "Linux does not say how many bytes a command is."},
    {.name = "arm_dmc620_*", .why = "Linux names no event that counts what was read or written."},
    {.name = "mac_iod*", .why = "Linux does not say how many bytes a request is."},
}};

/// By drivers of the platform bus.
constexpr std::array<Reason, 4> driver_reasons{{
    {.name = "qcom-bwmon",
     .why = "The kernel keeps its counts, and tells the highest rate of a window alone "
            "(tracepoint icc_bwmon:qcom_bwmon_update), which cannot be added up."},
    {.name = "exynos-ppmu", .why = "Its counts are for the kernel's devfreq alone."},
    {.name = "sun8i-a33-mbus", .why = "The kernel reads a period's peak alone, for devfreq."},
    {.name = "tegra-devfreq", .why = "Its counts are for the kernel's devfreq alone."},
}};

std::optional<std::string_view> why_not(std::string_view pmu) {
    const auto* const found = std::ranges::find_if(
        pmu_reasons, [&](const Reason& reason) { return fits(reason.name, pmu); });
    return found == pmu_reasons.end() ? std::nullopt : std::optional(found->why);
}

/// A driver's directory has a link to each of its devices, and one to its module.
void add_devices(std::vector<UncountedMemory>& found, const fs::path& root, const Reason& driver) {
    const auto entries = list_directory(root / "sys/bus/platform/drivers" / driver.name);
    if (!entries)
        return;
    for (const DirectoryEntry& entry : *entries) {
        if (entry.type == fs::file_type::symlink && entry.name != "module")
            found.push_back({.name = entry.name, .why = std::string(driver.why)});
    }
}

} // namespace

Result<std::vector<UncountedMemory>> find_uncounted_memory(const fs::path& root) {
    const auto names = pmu_names(root);
    if (!names)
        return std::unexpected(names.error());
    const std::vector<std::string> machine = machine_names(root);
    std::vector<UncountedMemory> found;
    for (const std::string& name : *names) {
        const auto why = why_not(name);
        if (!why)
            continue;
        const auto pmu = read_pmu(root, name);
        if (!pmu)
            return std::unexpected(pmu.error());
        if (row_of(*pmu, machine) == nullptr)
            found.push_back({.name = name, .why = std::string(*why)});
    }
    for (const Reason& driver : driver_reasons)
        add_devices(found, root, driver);
    return found;
}

} // namespace heapsel::bandwidth
