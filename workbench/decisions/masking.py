"""Masked columns: which may be, what stands for their cells, and showing them for a reason.

A column that the policy masks is replaced in every table that holds it before any statement reads
it, so that renaming it in SQL reveals nothing, and neither does an export.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from workbench.audit.state.policy import Policy
from workbench.errors import UsageError

# Texts of the extracts that name or describe a person, or that somebody wrote.
MASKABLE = (
    "email", "phone_hash", "signup_ip", "ip", "device_id", "instrument_fingerprint", "name_hash",
    "postcode", "prompt_head", "prompt_tail", "system_prompt", "prompt", "response",
)  # fmt: skip
_STAR = re.compile(r"(?:\bselect|\bdistinct|,|\.)\s*\*")


@dataclass(frozen=True)
class Mask:
    """What a worker hides: these columns, but not the cells of the accounts shown."""

    columns: tuple[str, ...] = ()
    shown: tuple[str, ...] = ()

    def touches(self, sql: str) -> bool:
        """Whether a statement names a hidden column, or takes every column of something."""
        text = sql.lower()
        named = any(re.search(rf"\b{name}\b", text) for name in self.columns)
        return named or bool(self.columns and _STAR.search(text))

    def words(self) -> str:
        """The hidden columns, for a sentence."""
        return ", ".join(self.columns)


NOTHING_MASKED = Mask()


def mask_of(policy: Policy, revealed: Collection[str] = ()) -> Mask:
    """What a policy hides from an analyst to whom some columns were revealed."""
    return Mask(tuple(sorted(policy.masked.difference(revealed))))


def refuse_unmaskable(columns: Iterable[str]) -> None:
    """Raise UsageError where a policy masks what is none of `MASKABLE`."""
    for name in columns:
        if name not in MASKABLE:
            near = difflib.get_close_matches(name, MASKABLE, n=1)
            hint = f"Did you mean “{near[0]}”?" if near else "Columns: " + ", ".join(MASKABLE)
            raise UsageError(f"The policy masks “{name}”, which is no column to mask.", hint=hint)
