// SPDX-License-Identifier: LGPL-2.1-or-later
#include "io/node_mode.hpp"

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

} // namespace heapsel
