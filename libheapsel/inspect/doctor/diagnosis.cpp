// SPDX-License-Identifier: LGPL-2.1-or-later
#include "inspect/doctor/diagnosis.hpp"

#include "inspect/doctor/checks.hpp"
#include "inspect/doctor/facts.hpp"

namespace heapsel {

std::string_view to_string(Condition condition) {
    switch (condition) {
    case Condition::ok:
        return "ok";
    case Condition::problem:
        return "problem";
    case Condition::note:
        return "note";
    case Condition::unknown:
        break;
    }
    return "unknown";
}

Result<std::vector<Check>> diagnose(const Wish& wish, const std::filesystem::path& root, Ask ask) {
    return examine(wish, gather_facts(root, ask));
}

} // namespace heapsel
