// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

/// Marks what the shared library exports; all else is hidden.
#define HEAPSEL_EXPORT [[gnu::visibility("default")]]
