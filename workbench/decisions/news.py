"""What others added to the ledger since this bench last read it, in words."""

from __future__ import annotations

from workbench.audit.log.append import Ledger
from workbench.audit.log.tail import newest
from workbench.decisions.describe import headline, person
from workbench.decisions.service import CaseService
from workbench.text.format import counted

_MAX_RECORDS = 200
_MAX_LINES = 3


def news_since(service: CaseService, size: int) -> tuple[int, list[str]]:
    """How many records there are, and lines that say who did what from number `size` on.

    The newest come first; what this process wrote itself is no news. Raises WorkbenchError where
    the ledger is unfit.
    """
    now = service.read(_size)
    if now <= size:
        return now, []
    found = newest(service.case.ledger_path, min(now - size, _MAX_RECORDS))
    others = [
        one for one in found
        if one.seq >= max(size, 1) and one.id not in service.written  # 0 opens the ledger
    ]  # fmt: skip
    lines = [f"{person(one.fields)[0]}: {headline(one.fields)}" for one in others[:_MAX_LINES]]
    if len(others) > _MAX_LINES:
        lines.append(f"and {counted(len(others) - _MAX_LINES, 'record')} more")
    return now, lines


def _size(ledger: Ledger) -> int:
    return ledger.head.size
