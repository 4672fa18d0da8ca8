// SPDX-License-Identifier: LGPL-2.1-or-later
#include "node_mode.hpp"

#include <array>
#include <format>
#include <string_view>

#include <grp.h>
#include <pwd.h>
#include <sys/stat.h>

#include <heapsel/printable.hpp>

namespace heapsel {
namespace {

constexpr std::size_t owner_bytes = std::size_t{16} * 1024;

// Looking a name up loads the machine's name services, which takes longer than all else that finds
// a heap; and what root is called is no question.
constexpr std::string_view root_name = "root";

std::string owner_name(uid_t id) {
    if (id == 0)
        return std::string(root_name);
    passwd entry{};
    passwd* found = nullptr;
    std::array<char, owner_bytes> buffer{};
    ::getpwuid_r(id, &entry, buffer.data(), buffer.size(), &found);
    return found != nullptr ? printable(found->pw_name) : std::to_string(id);
}

std::string owning_group(gid_t id) {
    if (id == 0)
        return std::string(root_name);
    group entry{};
    group* found = nullptr;
    std::array<char, owner_bytes> buffer{};
    ::getgrgid_r(id, &entry, buffer.data(), buffer.size(), &found);
    return found != nullptr ? printable(found->gr_name) : std::to_string(id);
}

} // namespace

std::string node_mode(const std::filesystem::path& path) {
    struct stat status{};
    if (::stat(path.c_str(), &status) != 0)
        return {};
    return std::format("{}:{} {:04o}", owner_name(status.st_uid), owning_group(status.st_gid),
                       status.st_mode & 07777U);
}

std::string_view reading_group(std::string_view node_mode) {
    const auto colon = node_mode.find(':');
    const auto blank = node_mode.find(' ');
    if (colon == std::string_view::npos || blank == std::string_view::npos || blank < colon)
        return {};
    const auto group = node_mode.substr(colon + 1, blank - colon - 1);
    const auto mode = node_mode.substr(blank + 1);
    const bool reads = mode.size() == 4 && mode[2] >= '4' && mode[2] <= '7';
    return reads && group != "root" ? group : std::string_view();
}

} // namespace heapsel
