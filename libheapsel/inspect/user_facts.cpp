// SPDX-License-Identifier: LGPL-2.1-or-later
#include "inspect/user_facts.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

#include <grp.h>
#include <pwd.h>
#include <unistd.h>

namespace heapsel {
namespace {

constexpr std::size_t account_bytes = std::size_t{16} * 1024;
constexpr int max_groups = 65536;

std::vector<gid_t> groups_of_process() {
    std::vector<gid_t> ids(static_cast<std::size_t>(std::max(0, ::getgroups(0, nullptr))));
    const int count = ::getgroups(static_cast<int>(ids.size()), ids.data());
    ids.resize(static_cast<std::size_t>(std::max(0, count)));
    ids.push_back(::getegid());
    return ids;
}

std::vector<gid_t> groups_in_list(const char* user, gid_t main_group) {
    int count = 64;
    std::vector<gid_t> ids(static_cast<std::size_t>(count));
    while (::getgrouplist(user, main_group, ids.data(), &count) < 0 && count <= max_groups)
        ids.resize(static_cast<std::size_t>(count));
    ids.resize(static_cast<std::size_t>(std::min(count, static_cast<int>(ids.size()))));
    return ids;
}

} // namespace

UserFacts read_user_facts() {
    UserFacts facts{.id = ::geteuid(),
                    .name = {},
                    .group = ::getegid(),
                    .groups = groups_of_process(),
                    .member_of = {}};
    passwd entry{};
    passwd* found = nullptr;
    std::array<char, account_bytes> buffer{};
    ::getpwuid_r(facts.id, &entry, buffer.data(), buffer.size(), &found);
    if (found == nullptr)
        return facts;
    facts.name = found->pw_name;
    facts.member_of = groups_in_list(found->pw_name, found->pw_gid);
    return facts;
}

} // namespace heapsel
