# SPDX-License-Identifier: LGPL-2.1-or-later
"""What a patch of the kernel series must pass, one patch after the other."""
