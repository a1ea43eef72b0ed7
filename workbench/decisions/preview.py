"""What is shown before a decision, and that the store still says the same when it is recorded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from workbench.errors import WorkbenchError
from workbench.text.format import counted

_HINT = "Nothing was recorded. Look at it again; if it stays so, verify: workbench audit verify"


@dataclass(frozen=True)
class Preview:
    """Whom a decision would hit, as it was shown: the accounts, how many were decided before."""

    accounts: tuple[str, ...]
    flagged: int = 0
    cleared: int = 0

    @classmethod
    def of(cls, accounts: Sequence[str], totals: Mapping[str, Any]) -> Preview:
        """From the accounts and the row of `impact-preview` over them.

        Raises WorkbenchError where that row counts others than these.
        """
        number = totals.get("accounts") or 0
        if number != len(set(accounts)):
            raise WorkbenchError(
                f"The store gives {counted(len(set(accounts)), 'account')} and counts "
                f"{number:,}: what would be shown is not what would be decided on.",
                hint=_HINT,
            )
        flagged, cleared = totals.get("flagged_before"), totals.get("cleared_before")
        return cls(tuple(accounts), int(flagged or 0), int(cleared or 0))


def check_card(kind: str, name: str, accounts: Sequence[str], card: Mapping[str, Any]) -> None:
    """Refuse a cluster or campaign whose page tells another number than it has members.

    Raises WorkbenchError.
    """
    if card.get("accounts") != len(set(accounts)):
        raise WorkbenchError(
            f"The {kind} “{name}” has {counted(len(set(accounts)), 'member')}; its page says "
            f"{card.get('accounts') if card else 'nothing'}.",
            hint="Nothing was recorded. The store was not made by this program as it is: load the "
            "extracts yourself.",
        )


def check_members(shown: Sequence[str], stored: Sequence[str]) -> None:
    """Refuse members that are not those of the preview; raises WorkbenchError."""
    before, now = set(shown), set(stored)
    if before == now:
        return
    raise WorkbenchError(
        f"The preview showed {counted(len(before), 'account')}, the store gives {len(now):,} now: "
        f"{len(now - before):,} came, {len(before - now):,} went.",
        hint=_HINT,
    )
