// SPDX-License-Identifier: LGPL-2.1-or-later
#include "base/account_names.hpp"

#include <array>
#include <cstddef>

#include <grp.h>
#include <pwd.h>

#include <heapsel/printable.hpp>

namespace heapsel {
namespace {

constexpr std::size_t account_bytes = std::size_t{16} * 1024;

} // namespace

std::optional<std::string> user_name(std::uint32_t id) {
    passwd entry{};
    passwd* found = nullptr;
    std::array<char, account_bytes> buffer{};
    ::getpwuid_r(id, &entry, buffer.data(), buffer.size(), &found);
    return found != nullptr ? std::optional(printable(found->pw_name)) : std::nullopt;
}

std::optional<std::string> group_name(std::uint32_t id) {
    group entry{};
    group* found = nullptr;
    std::array<char, account_bytes> buffer{};
    ::getgrgid_r(id, &entry, buffer.data(), buffer.size(), &found);
    return found != nullptr ? std::optional(printable(found->gr_name)) : std::nullopt;
}

} // namespace heapsel
