// SPDX-License-Identifier: LGPL-2.1-or-later
#ifndef HEAPSEL_C_HEAP_NAME_H
#define HEAPSEL_C_HEAP_NAME_H

#include <heapsel/c/common.h>
#include <heapsel/c/error.h>
#include <heapsel/c/heap.h>

HEAPSEL_BEGIN_DECLARATIONS

/// What is wrong with the name of a heap. Nothing changes it.
struct heapsel_name_findings;

/// A rule of the kernel for the names of heaps (Documentation/userspace-api/dma-buf-heaps.rst).
enum heapsel_name_rule HEAPSEL_INT {
    HEAPSEL_NAME_STABLE = 0,         ///< A name never changes.
    HEAPSEL_NAME_REGION = 1,         ///< It tells the region from all others of the platform.
    HEAPSEL_NAME_IMPLEMENTATION = 2, ///< It mentions no detail, such as the allocator.
    HEAPSEL_NAME_PROPERTIES = 3,     ///< It says what buffers are in the rules' own words.
    HEAPSEL_NAME_CHARACTERS = 4,     ///< Printable ones of ASCII, without blanks and slashes.
    HEAPSEL_NAME_LENGTH = 5          ///< At most 63 of them, and at least one.
};

/// Gives what the rules say against `name`, which may hold any byte but NUL; nothing where they are
/// kept, which is no error. Names that the kernel documents keep them.
HEAPSEL_API int heapsel_lint_heap_name(const char* name, struct heapsel_name_findings** findings,
                                       struct heapsel_error** error);
/// The same of the name of `heap`, compared with what is known of its memory as well. Its aliases
/// are not looked at.
HEAPSEL_API int heapsel_lint_heap(const struct heapsel_heap* heap,
                                  struct heapsel_name_findings** findings,
                                  struct heapsel_error** error);
/// Frees the findings.
HEAPSEL_API void heapsel_name_findings_free(struct heapsel_name_findings* findings);

/// How many there are; 0 where the name is as it should be.
HEAPSEL_API size_t heapsel_name_findings_count(const struct heapsel_name_findings* findings);
/// The rule that the name breaks. Of NULL or an index out of range, stable.
HEAPSEL_API enum heapsel_name_rule
heapsel_name_findings_rule(const struct heapsel_name_findings* findings, size_t index);
/// A clause for a person, printable: "\"cma\" is how the memory is managed".
HEAPSEL_API const char* heapsel_name_findings_problem(const struct heapsel_name_findings* findings,
                                                      size_t index);
/// What to call it instead, as a full sentence; printable.
HEAPSEL_API const char*
heapsel_name_findings_suggestion(const struct heapsel_name_findings* findings, size_t index);

/// "stable", "region", "implementation", "properties", "characters", "length".
HEAPSEL_API const char* heapsel_name_rule_text(enum heapsel_name_rule rule);
/// The rule as a full sentence.
HEAPSEL_API const char* heapsel_name_rule_sentence(enum heapsel_name_rule rule);

HEAPSEL_END_DECLARATIONS

#endif
