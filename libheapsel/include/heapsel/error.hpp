// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <expected>
#include <string>

#include <heapsel/export.hpp>

namespace heapsel {

/// What failed, on what, why, and what the user can do about it.
///
/// Every function of the library that can fail returns a Result; none throws across the API.
struct HEAPSEL_EXPORT Error {
    int code = 0;          ///< An errno value; never 0 in an Error that the library returns.
    std::string operation; ///< What was tried, as an infinitive: "allocate 663552 bytes".
    std::string subject;   ///< On what: a heap name, a path, a key.
    std::string hint;      ///< What to do about it, as a full sentence; may be empty.

    /// One line for a person: "cannot ATTEMPTED (SUBJECT): STRERROR. REMEDY"; an empty subject or
    /// hint leaves its part out.
    [[nodiscard]] std::string message() const;
};

template <typename T>
using Result = std::expected<T, Error>;

} // namespace heapsel
