// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

// Two hints that the architecture gives no meaning, so every CPU runs them as NOP: what the program
// `counted` says to the plugin with them needs no privilege and no kernel.

#define MARK_BEGIN 126
#define MARK_END 127

#define MARK_OPCODE(mark) (0xd503201fU | (mark) << 5)
