// SPDX-License-Identifier: LGPL-2.1-or-later
#include "fake_listing.hpp"

#include <dirent.h>
#include <dlfcn.h>

namespace heapsel::test {
namespace {

bool devices_are_files = false;

} // namespace

FakeListing::FakeListing() {
    devices_are_files = true;
}

FakeListing::~FakeListing() {
    devices_are_files = false;
}

dirent* next_entry(DIR* directory) {
    // One and the same where names and inodes have 64 bits, which is here.
    static auto* const real =
        reinterpret_cast<decltype(::readdir)*>(::dlsym(RTLD_NEXT, "readdir64")); // NOLINT
    dirent* const entry = real(directory);
    if (devices_are_files && entry != nullptr && entry->d_type == DT_CHR)
        entry->d_type = DT_REG;
    return entry;
}

} // namespace heapsel::test

extern "C" dirent* readdir(DIR* directory) {
    return heapsel::test::next_entry(directory);
}
