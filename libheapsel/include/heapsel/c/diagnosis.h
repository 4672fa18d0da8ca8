// SPDX-License-Identifier: LGPL-2.1-or-later
#ifndef HEAPSEL_C_DIAGNOSIS_H
#define HEAPSEL_C_DIAGNOSIS_H

#include <heapsel/c/common.h>
#include <heapsel/c/consumer.h>
#include <heapsel/c/error.h>
#include <heapsel/c/policy.h>

HEAPSEL_BEGIN_DECLARATIONS

/// What can keep this process from allocating, looked at thing by thing. Nothing changes it.
struct heapsel_diagnosis;

/// How it is with one thing.
enum heapsel_condition HEAPSEL_INT {
    HEAPSEL_CONDITION_OK = 0,
    HEAPSEL_CONDITION_PROBLEM = 1, ///< It keeps the user from allocating, or a device from its use.
    HEAPSEL_CONDITION_UNKNOWN = 2  ///< It could not be found out.
};

/// Looks for what keeps this process from allocating `buffers` buffers at a time, as `policy` asks
/// for them, that the `count` consumers of `consumers` can use, on the machine whose files stand
/// under `root` (NULL: this one). `policy` may be NULL: it then asks for nothing; its size is that
/// of the largest buffer. What is looked at: the kernel, the nodes, permissions, sizes, room and
/// who has taken it, limits of cgroups and descriptors, devices. Of a recorded machine permissions
/// and descriptors stay unknown. Neither `consumers` nor `policy` is needed any more afterwards.
///
/// EINVAL: `buffers` is 0, or one of `consumers` is NULL. ENOENT: the heap that the policy names is
/// not on the machine; the remedy suggests the nearest name.
HEAPSEL_API int heapsel_diagnose(const char* root, const struct heapsel_consumer* const* consumers,
                                 size_t count, const struct heapsel_policy* policy,
                                 uint64_t buffers, struct heapsel_diagnosis** diagnosis,
                                 struct heapsel_error** error);
/// Frees what heapsel_diagnose() gave.
HEAPSEL_API void heapsel_diagnosis_free(struct heapsel_diagnosis* diagnosis);

/// How many things were looked at. They go in the order in which an allocation meets them.
HEAPSEL_API size_t heapsel_diagnosis_count(const struct heapsel_diagnosis* diagnosis);
/// What one of them is, in a word: "kernel", "node", "permission", "size", "room", ...
HEAPSEL_API const char* heapsel_diagnosis_subject(const struct heapsel_diagnosis* diagnosis,
                                                  size_t index);
/// How it is with it. Of NULL or an index out of range, unknown.
HEAPSEL_API enum heapsel_condition
heapsel_diagnosis_condition(const struct heapsel_diagnosis* diagnosis, size_t index);
/// What was found, as a full sentence; printable.
HEAPSEL_API const char* heapsel_diagnosis_finding(const struct heapsel_diagnosis* diagnosis,
                                                  size_t index);
/// What to do about it, as a full sentence; printable, and empty where there is nothing to do.
HEAPSEL_API const char* heapsel_diagnosis_remedy(const struct heapsel_diagnosis* diagnosis,
                                                 size_t index);
/// How many commands do it.
HEAPSEL_API size_t heapsel_diagnosis_command_count(const struct heapsel_diagnosis* diagnosis,
                                                   size_t index);
/// One of them, to be pasted into a shell one after another; printable.
HEAPSEL_API const char* heapsel_diagnosis_command(const struct heapsel_diagnosis* diagnosis,
                                                  size_t index, size_t command);

/// "ok", "problem", "unknown".
HEAPSEL_API const char* heapsel_condition_text(enum heapsel_condition condition);

HEAPSEL_END_DECLARATIONS

#endif
