// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

// Hints that the architecture gives no meaning, so every CPU runs them as NOP: what the program
// `counted` says to the plugin with them needs no privilege and no kernel. The module lab_ddr asks
// for counts (counts.h).

#define MARK_ASK 125
#define MARK_BEGIN 126
#define MARK_END 127

#define MARK_OPCODE(mark) (0xd503201fU | (mark) << 5)
