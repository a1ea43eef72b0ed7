"""What the pages say: their links, anchors, and what they name in code letters."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from tests.docs.generated import ROOT

_BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_INLINE = re.compile(r"`([^`]+)`", re.DOTALL)
_LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


@dataclass(frozen=True)
class Page:
    """One page of the documentation."""

    path: Path

    @cached_property
    def text(self) -> str:
        """As it is."""
        return self.path.read_text(encoding="utf-8")

    @cached_property
    def prose(self) -> str:
        """Without blocks of code."""
        return _BLOCK.sub("", self.text)

    @cached_property
    def blocks(self) -> list[tuple[str, str]]:
        """Blocks of code: (language, text)."""
        return _BLOCK.findall(self.text)

    @cached_property
    def codes(self) -> list[str]:
        """What stands in code letters within the prose, on one line each."""
        return [" ".join(code.split()).replace("\\|", "|") for code in _INLINE.findall(self.prose)]

    @cached_property
    def links(self) -> list[str]:
        """Where its links lead."""
        return _LINK.findall(self.prose)

    @cached_property
    def anchors(self) -> set[str]:
        """What a link can lead to within it."""
        words = (re.sub(r"[^\w\- ]", "", heading) for heading in _HEADING.findall(self.prose))
        return {heading.lower().replace(" ", "-") for heading in words}

    def leads_to(self, link: str) -> bool:
        """Whether a link leads to a page that is there, and to a heading of it."""
        name, _, anchor = link.partition("#")
        target = (self.path.parent / name).resolve() if name else self.path
        if not target.is_file() or ROOT not in target.parents:
            return False
        return not anchor or anchor in Page(target).anchors


PAGES = [Page(path) for path in (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))]
