"""What others added to the ledger since this bench last read it, in words."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from workbench.audit.log.append import Ledger
from workbench.audit.log.tail import newest
from workbench.decisions.describe import headline
from workbench.decisions.service import CaseService
from workbench.text.format import counted

_MAX_RECORDS = 200
_MAX_LINES = 3


@dataclass(frozen=True)
class Mark:
    """What a file looked like: another look that gives the same has nothing new."""

    inode: int = 0
    size: int = 0
    changed_ns: int = 0

    @classmethod
    def of(cls, path: Path) -> Mark:
        """The mark of a file; an empty one where there is none."""
        try:
            found = os.stat(path, follow_symlinks=False)
        except OSError:
            return cls()
        return cls(found.st_ino, found.st_size, found.st_mtime_ns)


def ledger_size(service: CaseService) -> int:
    """How many records the ledger has; raises WorkbenchError where it is unfit."""
    return service.read(_size)


def _size(ledger: Ledger) -> int:
    return ledger.head.size


def news_since(service: CaseService, size: int) -> list[str]:
    """Lines that say who did what in the records from number `size` on, newest first.

    What this process wrote itself is no news.
    """
    now = ledger_size(service)
    if now <= size:
        return []
    found = newest(service.case.ledger_path, min(now - size, _MAX_RECORDS))
    others = [
        one for one in found
        if one.seq >= max(size, 1) and one.id not in service.written  # 0 opens the ledger
    ]  # fmt: skip
    lines = [f"{one.fields['who']['name']}: {headline(one.fields)}" for one in others[:_MAX_LINES]]
    if len(others) > _MAX_LINES:
        lines.append(f"and {counted(len(others) - _MAX_LINES, 'record')} more")
    return lines
