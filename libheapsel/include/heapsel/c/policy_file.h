// SPDX-License-Identifier: LGPL-2.1-or-later
#ifndef HEAPSEL_C_POLICY_FILE_H
#define HEAPSEL_C_POLICY_FILE_H

#include <heapsel/c/common.h>
#include <heapsel/c/error.h>
#include <heapsel/c/policy.h>

HEAPSEL_BEGIN_DECLARATIONS

/// Gives the policy that the files of the machine under `root` (NULL: this one), the user's, and
/// the environment ask for, of a buffer that the devices share which the `count` words of `words`
/// name: `DEVICE[:MEMORY]` as of heapsel_consumers_named(), or a display alone. What a program asks
/// for itself, with the functions of heapsel/c/policy.h, goes over it: requirements add up, all
/// else is replaced. Not to be called while another thread changes the environment. `man
/// heapsel-policy` says where the files are, and what may be in them.
///
/// EINVAL: a word is NULL; a device does not have that memory; a file or a variable of the
/// environment is wrong, and the subject says which and where. The errno of opendir(3), open(2),
/// read(2). The remedy has what else is wrong, too. ENODEV, EOPNOTSUPP: as of
/// heapsel_consumers_named().
HEAPSEL_API int heapsel_policy_load(const char* root, const char* const* words, size_t count,
                                    struct heapsel_policy** policy, struct heapsel_error** error);
/// Reads the policy file `file` and puts what it asks for over `policy`, of a buffer that the
/// devices share which the `count` words of `words` name on the machine under `root` (NULL: this
/// one), as of heapsel_policy_load(). Requirements add up, all else is replaced where the file
/// speaks of it. It is for a file of the program's own: those of the machine and of the user are
/// read by heapsel_policy_load(). Nothing changes on an error.
///
/// EINVAL: a word is NULL; a device does not have that memory; `file` is no regular file, or there
/// is something wrong in it, and the subject says where: "FILE:LINE:COLUMN". The remedy has what
/// else is wrong, too. EFBIG: more than 64 KiB. The errno of open(2), read(2). ENODEV, EOPNOTSUPP:
/// as of heapsel_consumers_named().
HEAPSEL_API int heapsel_policy_apply_file(struct heapsel_policy* policy, const char* file,
                                          const char* root, const char* const* words, size_t count,
                                          struct heapsel_error** error);

HEAPSEL_END_DECLARATIONS

#endif
