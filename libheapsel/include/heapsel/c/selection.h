// SPDX-License-Identifier: LGPL-2.1-or-later
#ifndef HEAPSEL_C_SELECTION_H
#define HEAPSEL_C_SELECTION_H

#include <heapsel/c/catalog.h>
#include <heapsel/c/common.h>
#include <heapsel/c/consumer.h>
#include <heapsel/c/error.h>
#include <heapsel/c/heap.h>
#include <heapsel/c/policy.h>

HEAPSEL_BEGIN_DECLARATIONS

/// Every heap of a catalog, judged: candidates first and in order of preference, then the unusable
/// and then the unsuitable ones. Nothing changes it; it does not need the catalog any more.
struct heapsel_selection;

/// What became of a heap.
enum heapsel_verdict HEAPSEL_INT {
    HEAPSEL_VERDICT_CHOSEN = 0,     ///< The first candidate.
    HEAPSEL_VERDICT_CANDIDATE = 1,  ///< Meets every requirement; ranked after the chosen one.
    HEAPSEL_VERDICT_UNSUITABLE = 2, ///< A requirement is not met, or a device cannot use it.
    HEAPSEL_VERDICT_UNUSABLE = 3    ///< It would serve, and this process cannot open it.
};

/// Judges every heap by the `count` consumers of `consumers` and by `policy`, which may be NULL: it
/// then asks for nothing. No I/O, and the same answer for the same arguments. A selection without a
/// candidate is no error.
///
/// EINVAL: one of `consumers` is NULL. ENOENT: the heap that the policy names is not in the
/// catalog; the message suggests the nearest name.
HEAPSEL_API int heapsel_select(const struct heapsel_catalog* catalog,
                               struct heapsel_consumer* const* consumers, size_t count,
                               const struct heapsel_policy* policy,
                               struct heapsel_selection** selection, struct heapsel_error** error);
/// Frees the selection, and with it the heaps that were asked of it.
HEAPSEL_API void heapsel_selection_free(struct heapsel_selection* selection);

/// Fails where there is no candidate.
///
/// EACCES: heaps would serve, and none may be opened; if their nodes are broken rather than denied,
/// the errno of open(2). ENODEV: there is no heap at all. ENOTSUP: nothing meets the requirements.
/// The message names each heap and why.
HEAPSEL_API int heapsel_selection_require_candidate(const struct heapsel_selection* selection,
                                                    struct heapsel_error** error);

/// How many heaps were judged.
HEAPSEL_API size_t heapsel_selection_count(const struct heapsel_selection* selection);
/// How many of them are candidates; they are the first ones.
HEAPSEL_API size_t heapsel_selection_candidate_count(const struct heapsel_selection* selection);
/// One of the heaps: 0 is the chosen one, if there is a candidate.
HEAPSEL_API const struct heapsel_heap*
heapsel_selection_heap(const struct heapsel_selection* selection, size_t index);
/// What became of it.
HEAPSEL_API enum heapsel_verdict
heapsel_selection_verdict(const struct heapsel_selection* selection, size_t index);
/// Why, as one sentence for a person.
HEAPSEL_API const char* heapsel_selection_reason(const struct heapsel_selection* selection,
                                                 size_t index);

/// One of the lines that say what was passed over on the way, such as a wrong line of a policy file
/// (heapsel-policy(5)): from 0 on, until it is NULL. To be shown to the user.
HEAPSEL_API const char* heapsel_selection_warning(const struct heapsel_selection* selection,
                                                  size_t index);

/// "chosen", "candidate", "unsuitable", "unusable".
HEAPSEL_API const char* heapsel_verdict_text(enum heapsel_verdict verdict);

HEAPSEL_END_DECLARATIONS

#endif
