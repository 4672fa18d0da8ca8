// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <string>
#include <utility>

#include <heapsel/select.hpp>

namespace heapsel {

/// What the device `by`, or whoever else is named so, wants: "32 bits".
struct Wanted {
    std::string what;
    std::string by;
};

/// A finding of these parts. They are assigned one by one: where the memory for a later member of
/// an aggregate runs out, GCC 14 destroys the ones before it twice.
[[nodiscard]] inline Finding finding(std::string subject, std::string value, Provenance from,
                                     Wanted wanted, Weight weight, bool met, std::string text) {
    Finding made;
    made.subject = std::move(subject);
    made.value = std::move(value);
    made.from = std::move(from);
    made.wish = std::move(wanted.what);
    made.wanted_by = std::move(wanted.by);
    made.weight = weight;
    made.met = met;
    made.text = std::move(text);
    return made;
}

} // namespace heapsel
