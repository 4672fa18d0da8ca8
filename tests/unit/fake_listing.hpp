// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

namespace heapsel::test {

/// While it lives, readdir(3) says of every device that it is a regular file, as it does of one
/// that is mounted over a file.
class FakeListing {
  public:
    FakeListing();
    FakeListing(const FakeListing&) = delete;
    FakeListing& operator=(const FakeListing&) = delete;
    ~FakeListing();
};

} // namespace heapsel::test
