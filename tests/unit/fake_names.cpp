// SPDX-License-Identifier: LGPL-2.1-or-later
#include "fake_names.hpp"

#include <dlfcn.h>
#include <grp.h>
#include <pwd.h>

namespace heapsel::test {
namespace {

FakeNames* known = nullptr;

char* name_of(std::map<std::uint32_t, std::string>& names, std::uint32_t id) {
    ++known->lookups;
    const auto found = names.find(id);
    return found == names.end() ? nullptr : found->second.data();
}

/// What the program would call but for this.
template <typename Function>
Function* real(const char* name) {
    return reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, name)); // NOLINT: as dlsym(3) has it.
}

} // namespace

FakeNames::FakeNames() {
    known = this;
}

FakeNames::~FakeNames() {
    known = nullptr;
}

int find_group(gid_t id, group* entry, char* buffer, std::size_t size, group** found) {
    if (known == nullptr)
        return real<decltype(::getgrgid_r)>("getgrgid_r")(id, entry, buffer, size, found);
    entry->gr_gid = id;
    entry->gr_name = name_of(known->groups, id);
    *found = entry->gr_name == nullptr ? nullptr : entry;
    return 0;
}

int find_user(uid_t id, passwd* entry, char* buffer, std::size_t size, passwd** found) {
    if (known == nullptr)
        return real<decltype(::getpwuid_r)>("getpwuid_r")(id, entry, buffer, size, found);
    entry->pw_uid = id;
    entry->pw_name = name_of(known->users, id);
    *found = entry->pw_name == nullptr ? nullptr : entry;
    return 0;
}

} // namespace heapsel::test

extern "C" int getgrgid_r(gid_t id, group* entry, char* buffer, std::size_t size, group** found) {
    return heapsel::test::find_group(id, entry, buffer, size, found);
}

extern "C" int getpwuid_r(uid_t id, passwd* entry, char* buffer, std::size_t size, passwd** found) {
    return heapsel::test::find_user(id, entry, buffer, size, found);
}
