# SPDX-License-Identifier: LGPL-2.1-or-later
"""Names for what something was made from, as lab/steps/cache.sh makes them."""

import hashlib
from typing import Iterable


def key_of(parts: Iterable[str]) -> str:
    """One key for these texts in this order."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(hashlib.sha256(part.encode()).digest())
    return digest.hexdigest()[:16]
