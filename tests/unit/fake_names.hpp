// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <map>
#include <string>

namespace heapsel::test {

/// While it lives, these are the users and groups that the name services know, and it counts how
/// often they are asked.
class FakeNames {
  public:
    FakeNames();
    FakeNames(const FakeNames&) = delete;
    FakeNames& operator=(const FakeNames&) = delete;
    ~FakeNames();

    std::map<std::uint32_t, std::string> users{{0, "root"}, {1000, "ada"}};
    std::map<std::uint32_t, std::string> groups{{0, "root"}, {44, "video"}};
    int lookups = 0;
};

} // namespace heapsel::test
