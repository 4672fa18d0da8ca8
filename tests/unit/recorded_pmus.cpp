// SPDX-License-Identifier: LGPL-2.1-or-later
#include "recorded_pmus.hpp"

#include <algorithm>
#include <cstdlib>
#include <stdexcept>

namespace heapsel::test {
namespace {

namespace fs = std::filesystem;

constexpr const char* devices = "sys/bus/event_source/devices";

fs::path fixtures() {
    const char* const directory = std::getenv("HEAPSEL_FIXTURES");
    if (directory == nullptr)
        throw std::runtime_error("HEAPSEL_FIXTURES is not set; run the test through Meson");
    return fs::path(directory) / "pmu";
}

} // namespace

fs::path pmu_fixture(const std::string& soc) {
    return fixtures() / soc;
}

std::vector<std::string> pmu_fixtures() {
    std::vector<std::string> socs;
    for (const fs::directory_entry& entry : fs::directory_iterator(fixtures())) {
        if (entry.is_directory())
            socs.push_back(entry.path().filename());
    }
    std::ranges::sort(socs);
    return socs;
}

ChangedPmus::ChangedPmus(const std::string& soc) {
    fs::copy(pmu_fixture(soc), root(), fs::copy_options::recursive);
}

void ChangedPmus::write(const std::string& file, std::string_view content) const {
    directory_.write(fs::path(devices) / file, content);
}

void ChangedPmus::remove(const std::string& file) const {
    if (fs::remove_all(root() / devices / file) == 0)
        throw std::runtime_error("there is no " + file);
}

void ChangedPmus::set_machine(std::string_view compatible) const {
    directory_.write("sys/firmware/devicetree/base/compatible", std::string(compatible) + '\0');
}

} // namespace heapsel::test
