# SPDX-License-Identifier: LGPL-2.1-or-later
"""The kernel's documentation, as far as a few of its pages go."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Sequence

from patchcheck.messages import messages
from patchcheck.workshop import run

# What is wrong with this machine, and with reading a few pages only.
NOT_THE_PAGES = re.compile(r"dot\(1\) not found|isn't included in any toctree|"
                           r"toctree contains reference to (nonexisting|excluded) document")


def sphinx(tree: Path, pages: Sequence[str], out: Path, log: Path) -> list[str]:
    """What Sphinx, set up as the kernel has it, says of these pages alone: two seconds, where the
    documentation takes minutes."""
    names = [page.removeprefix("Documentation/") for page in pages]
    ran = run(["env", f"srctree={tree}", "sphinx-build", "-q", "-b", "dummy", "-d", out / "trees",
               "-D", f"include_patterns={','.join(names)}", "-D", "exclude_patterns=netlink,output",
               "-D", f"master_doc={names[0].removesuffix('.rst')}", ".", out / "pages"],
              tree / "Documentation", log)
    said = [message for message in messages(ran.output, tree)
            if not NOT_THE_PAGES.search(message) and not _is_elsewhere(message, tree)]
    return said + ([f"sphinx-build ended with status {ran.status}"] if ran.status else [])


def _is_elsewhere(message: str, tree: Path) -> bool:
    """Whether a reference that Sphinx did not find leads to a page that it was not given."""
    if found := re.search(r"undefined label: '([^']+)'", message):
        return run(["git", "grep", "-q", "-i", "-F", f".. _{found[1]}:", "--", "Documentation"],
                   tree).status == 0
    if found := re.search(r"^(\S+)/[^/]+\.rst: .*unknown document: '([^']+)'", message):
        folder = tree / ("Documentation" if found[2].startswith("/") else found[1])
        return Path(folder, found[2].lstrip("/") + ".rst").exists()
    return False


def is_in_index(page: Path) -> bool:
    """A page is found by readers if a table of contents names it."""
    index = page.with_name("index.rst")
    return page == index or not index.exists() or bool(
        re.search(rf"^\s+(.*<)?{re.escape(page.stem)}>?$", index.read_text(), re.MULTILINE))
