// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <heapsel/error.hpp>
#include <heapsel/heap_catalog.hpp>
#include <heapsel/policy.hpp>

#include "options.hpp"

namespace heapsel::tools {

inline constexpr int exit_done = 0;
inline constexpr int exit_failure = 1;
inline constexpr int exit_usage = 2;

/// Each prints its answer to standard output and gives the exit status; what went wrong has been
/// said on standard error by then.
[[nodiscard]] int list(const Options& options, const HeapCatalog& catalog);
[[nodiscard]] int devices(const Options& options);
[[nodiscard]] int explain(const Options& options, const HeapCatalog& catalog, const Policy& policy);
[[nodiscard]] int alloc(const Options& options, const HeapCatalog& catalog, const Policy& policy);
[[nodiscard]] int bind(const Options& options);

/// Says "heapsel: MESSAGE" on standard error, and gives `status` back.
int fail(const Error& error, int status = exit_failure);

} // namespace heapsel::tools
