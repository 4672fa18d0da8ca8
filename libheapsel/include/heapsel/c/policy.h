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

/// A part of a policy.
enum heapsel_setting HEAPSEL_INT {
    HEAPSEL_SETTING_REQUIRE = 0,  ///< What the memory must be.
    HEAPSEL_SETTING_PREFER = 1,   ///< What it should be.
    HEAPSEL_SETTING_HEAP = 2,     ///< The heap that alone is taken.
    HEAPSEL_SETTING_SIZE = 3,     ///< Of the largest buffer.
    HEAPSEL_SETTING_FALLBACK = 4, ///< How far exhaustion may pass a request on.
    HEAPSEL_SETTING_UDMABUF = 5   ///< Whether system memory may be taken.
};

/// Gives a policy that asks for nothing; heapsel_policy_load() gives the machine's.
HEAPSEL_API int heapsel_policy_create(struct heapsel_policy** policy, struct heapsel_error** error);
/// Frees the policy.
HEAPSEL_API void heapsel_policy_free(struct heapsel_policy* policy);

/// Requires, beside what is required already, what the memory must be: words by commas, of
/// `contiguous`, `cached`, `ecc` and `protected`, each also with `non-` before it, and `uncached`.
/// A requirement is never relaxed, and an unknown does not satisfy. Nothing changes on an error.
///
/// EINVAL: a word that there is not, or the opposite of one of these or of what is required
/// already; the subject is the word.
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
/// used. A new policy does not.
HEAPSEL_API int heapsel_policy_set_udmabuf(struct heapsel_policy* policy, bool allowed,
                                           struct heapsel_error** error);

/// What is required, as words by commas; empty where nothing is. Valid until the policy is changed
/// or freed.
HEAPSEL_API const char* heapsel_policy_required(const struct heapsel_policy* policy);
/// What is preferred, as words by commas, in order; empty where nothing is. Valid until the policy
/// is changed or freed.
HEAPSEL_API const char* heapsel_policy_preferred(const struct heapsel_policy* policy);
/// The heap that alone is taken; NULL: any. Valid until the policy is changed or freed.
HEAPSEL_API const char* heapsel_policy_heap(const struct heapsel_policy* policy);
/// The size of the largest buffer, in bytes; 0: nobody knows yet.
HEAPSEL_API uint64_t heapsel_policy_size(const struct heapsel_policy* policy);
/// How far exhaustion may pass a request on.
HEAPSEL_API enum heapsel_fallback heapsel_policy_fallback(const struct heapsel_policy* policy);
/// Whether system memory through /dev/udmabuf is allowed.
HEAPSEL_API bool heapsel_policy_udmabuf(const struct heapsel_policy* policy);

/// Where a part of the policy was asked for, in a few words: "/etc/heapsel/policy.toml:3",
/// "HEAPSEL_HEAP"; empty: by the program, or by nobody. Of the requirements, `index` is which one,
/// in the order of heapsel_policy_required(); of all else it is 0. Raw. Valid until the policy is
/// changed or freed.
HEAPSEL_API const char* heapsel_policy_origin(const struct heapsel_policy* policy,
                                              enum heapsel_setting setting, size_t index);

/// "same-caching", "any", "none".
HEAPSEL_API const char* heapsel_fallback_text(enum heapsel_fallback fallback);
/// "require", "prefer", "heap", "size", "fallback", "udmabuf": the keys of a policy file.
HEAPSEL_API const char* heapsel_setting_text(enum heapsel_setting setting);

HEAPSEL_END_DECLARATIONS

#endif
