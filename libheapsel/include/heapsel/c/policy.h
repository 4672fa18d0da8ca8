// SPDX-License-Identifier: LGPL-2.1-or-later
#ifndef HEAPSEL_C_POLICY_H
#define HEAPSEL_C_POLICY_H

#include <heapsel/c/common.h>
#include <heapsel/c/error.h>

HEAPSEL_BEGIN_DECLARATIONS

/// What the user wants.
struct heapsel_policy;

/// Which candidates an exhausted heap passes a request on to.
enum heapsel_fallback HEAPSEL_INT {
    HEAPSEL_FALLBACK_SAME_CACHING = 0, ///< Those that are known to be cached as the chosen one is.
    HEAPSEL_FALLBACK_ANY = 1,          ///< All of them.
    HEAPSEL_FALLBACK_NONE = 2          ///< None: the chosen one alone.
};

/// Gives a policy that asks for nothing.
HEAPSEL_API int heapsel_policy_create(struct heapsel_policy** policy, struct heapsel_error** error);
/// Gives the policy that the files of the machine under `root` (NULL: this one), the user's, and
/// the environment ask for, of a buffer that the devices share which the `count` words of `words`
/// name: `DEVICE[:MEMORY]` as of heapsel_consumers_named(), or a display alone. What a program asks
/// for itself, with the functions below, goes over it: requirements add up, all else is replaced.
/// Not to be called while another thread changes the environment. `man heapsel-policy` says where
/// the files are, and what may be in them.
///
/// A file without a requirement in which something is wrong counts as to the rest; a selection by
/// this policy has a warning of it.
///
/// EINVAL: a word is NULL; a device does not have that memory; a file that may have a requirement,
/// or a variable of the environment, is wrong. The errno of opendir(3), open(2), read(2). The
/// message says what is wrong and where, all of it. ENODEV, EOPNOTSUPP: as of
/// heapsel_consumers_named().
HEAPSEL_API int heapsel_policy_load(const char* root, const char* const* words, size_t count,
                                    struct heapsel_policy** policy, struct heapsel_error** error);
/// Frees the policy.
HEAPSEL_API void heapsel_policy_free(struct heapsel_policy* policy);

/// Requires, beside what is required already, what the memory must be: words by commas, of
/// `contiguous`, `cached`, `ecc` and `protected`, each also with `non-` before it, and `uncached`.
/// A requirement is never relaxed, and an unknown does not satisfy. Nothing changes on an error.
///
/// EINVAL: a word that there is not, or the opposite of one of these or of what is required
/// already.
HEAPSEL_API int heapsel_policy_require(struct heapsel_policy* policy, const char* words,
                                       struct heapsel_error** error);
/// Prefers, in place of what was preferred before, what the memory should be, in the same words:
/// the first outweighs all that follow. No words at all prefer nothing. Nothing changes on an
/// error.
///
/// EINVAL: as of heapsel_policy_require().
HEAPSEL_API int heapsel_policy_prefer(struct heapsel_policy* policy, const char* words,
                                      struct heapsel_error** error);
/// Takes the heap with this name or alias and no other; NULL: any. Nothing changes on an error.
HEAPSEL_API int heapsel_policy_set_heap(struct heapsel_policy* policy, const char* heap,
                                        struct heapsel_error** error);
/// Tells the size of the largest buffer, in bytes; 0: nobody knows yet.
HEAPSEL_API int heapsel_policy_set_size(struct heapsel_policy* policy, uint64_t size,
                                        struct heapsel_error** error);
/// Says how far exhaustion may pass a request on. Same caching is what a new policy has.
HEAPSEL_API int heapsel_policy_set_fallback(struct heapsel_policy* policy,
                                            enum heapsel_fallback fallback,
                                            struct heapsel_error** error);
/// Allows system memory through /dev/udmabuf, for frames that a CPU fills, where no heap may be
/// used; selections judge it as if it were a heap called "udmabuf". A new policy does not.
HEAPSEL_API int heapsel_policy_set_udmabuf(struct heapsel_policy* policy, bool allowed,
                                           struct heapsel_error** error);

HEAPSEL_END_DECLARATIONS

#endif
