// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

// What the traffic plugin tells the board, in memory that both see: the module lab_ddr asks with
// MARK_ASK (marks.h), and the plugin has answered before the next instruction. Numbers in the byte
// order that both have, which is little-endian.

#include <linux/types.h>

#define LAB_COUNTS_REGIONS 16

/// Bytes.
struct lab_traffic {
    __u64 read;
    __u64 written;
};

struct lab_counts {
    __u64 answers; ///< One more with each.
    struct lab_traffic
        regions[LAB_COUNTS_REGIONS]; ///< In the order that the plugin was told of them.
};
