// SPDX-License-Identifier: LGPL-2.1-or-later
#include "inspect/kernel_buffer.hpp"

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>
#include <utility>

#include "base/decimal.hpp"
#include "io/file.hpp"

namespace heapsel {
namespace {

constexpr std::size_t max_list = std::size_t{16} << 20U;
constexpr std::string_view unnamed = "<none>";

/// "SIZE FLAGS MODE COUNT EXPORTER INODE NAME", with a tab between two.
std::optional<KernelBuffer> parse_buffer(std::string_view line) {
    constexpr std::size_t before_name = 6;
    std::array<std::string_view, before_name> fields;
    for (std::string_view& field : fields) {
        const auto tab = line.find('\t');
        if (tab == std::string_view::npos)
            return std::nullopt;
        field = line.substr(0, tab);
        line.remove_prefix(tab + 1);
    }
    const auto& [size, flags, mode, count, exporter, inode] = fields;
    const auto bytes = decimal(size);
    const auto number = decimal(inode);
    if (!bytes || !number)
        return std::nullopt;
    return KernelBuffer{.inode = *number,
                        .size = *bytes,
                        .exporter = std::string(exporter),
                        .name = std::string(line == unnamed ? std::string_view() : line),
                        .devices = {}};
}

/// Devices stand behind a tab, between a heading and a total.
class ListReader {
  public:
    void read(std::string_view line) {
        if (auto buffer = parse_buffer(line)) {
            buffers_.push_back(*std::move(buffer));
            within_devices_ = false;
        } else if (line == "\tAttached Devices:") {
            within_devices_ = true;
        } else if (!line.starts_with('\t')) {
            within_devices_ = false;
        } else if (within_devices_ && !buffers_.empty()) {
            buffers_.back().devices.emplace_back(line.substr(1));
        }
    }

    std::vector<KernelBuffer> buffers() && { return std::move(buffers_); }

  private:
    std::vector<KernelBuffer> buffers_;
    bool within_devices_ = false;
};

} // namespace

Result<std::vector<KernelBuffer>> list_kernel_buffers(const std::filesystem::path& root) {
    const auto text = read_file(root / "sys/kernel/debug/dma_buf/bufinfo", max_list);
    if (!text)
        return std::unexpected(text.error());
    ListReader reader;
    for (std::string_view rest = *text; !rest.empty();) {
        const auto end = rest.find('\n');
        reader.read(rest.substr(0, end));
        rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    }
    return std::move(reader).buffers();
}

} // namespace heapsel
