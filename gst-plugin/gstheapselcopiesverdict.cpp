// SPDX-License-Identifier: LGPL-2.1-or-later
#include "gstheapselcopiesverdict.h"

namespace gstheapsel::copies {

const char* word_of(Verdict verdict) {
    switch (verdict) {
    case Verdict::passed:
        return "passed";
    case Verdict::taken:
        return "taken";
    case Verdict::made:
        return "made";
    case Verdict::moved:
        return "moved";
    case Verdict::copied_in:
        return "copied-in";
    case Verdict::copied_out:
        return "copied-out";
    case Verdict::copied:
        break;
    }
    return "copied";
}

bool is_copy(Verdict verdict) {
    return verdict >= Verdict::moved;
}

Verdict judge(const Output& output) {
    if (output.was_given)
        return Verdict::passed;
    if (!output.from) // A copy then is out of buffers of its own.
        return output.by_cpu ? Verdict::copied : Verdict::made;
    if (output.from->dmabuf)
        return output.to.dmabuf ? Verdict::moved : Verdict::copied_out;
    return output.to.dmabuf ? Verdict::copied_in : Verdict::copied;
}

} // namespace gstheapsel::copies
