"""Masked columns: which may be, what stands for their cells, and showing them for a reason.

A column that the policy masks is replaced in every table that holds it before any statement reads
it, so that renaming it in SQL reveals nothing, and neither does an export.
"""

from __future__ import annotations

import difflib
import os
import re
import secrets
from collections.abc import Collection, Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from workbench.audit.state.policy import Policy
from workbench.case.open_file import read_plain_file
from workbench.catalog.entities import hidden_columns
from workbench.errors import UsageError, WorkbenchError

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
        hidden = {*self.columns, *hidden_columns(self.columns), "value", "example"}
        named = bool(self.columns) and any(re.search(rf"\b{name}\b", text) for name in hidden)
        return named or bool(self.columns and _STAR.search(text))

    def hidden_in(self, sql: str) -> tuple[str, ...]:
        """The columns to be named as hidden in the result of a statement."""
        return self.columns if self.touches(sql) else ()

    def words(self) -> str:
        """The hidden columns, for a sentence."""
        return ", ".join(self.columns)


NOTHING_MASKED = Mask()


def mask_of(policy: Policy, revealed: Collection[str] = ()) -> Mask:
    """What a policy hides from an analyst to whom some columns were revealed."""
    return Mask(tuple(sorted(policy.masked.difference(revealed))))


_STAND_IN = re.compile(r"‹masked [0-9a-f]+›")


def is_stand_in(text: str) -> bool:
    """Whether a text holds what stands for a masked cell."""
    return _STAND_IN.search(text) is not None


_KEY_BYTES = 32


def mask_key(state: Path) -> str:
    """The secret that this analyst's stand-ins of one case are made with, as hex; made once.

    It lies in the analyst's own state folder: in no store, no case, no packet, and out of reach of
    the worker. Two analysts have two, unless one gives the other a copy of the file. Where it can
    neither be read nor kept, it is one that this process alone knows.
    """
    path = state / "mask.key"
    if kept := _kept(path):
        return kept
    fresh = secrets.token_bytes(_KEY_BYTES).hex()
    with suppress(OSError):
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        unfinished = path.with_name(f".{path.name}.{secrets.token_hex(6)}")
        try:
            with os.fdopen(os.open(unfinished, flags, 0o600), "w", encoding="ascii") as file:
                file.write(fresh)
            try:
                os.link(unfinished, path)  # the first one stays
            except FileExistsError:
                if not _kept(path):  # it is none
                    os.replace(unfinished, path)
        finally:
            unfinished.unlink(missing_ok=True)
    return _kept(path) or fresh


def _kept(path: Path) -> str:
    """The secret of a file, or nothing where it has none."""
    try:
        kept = read_plain_file(path, 2 * _KEY_BYTES).decode("ascii")
        return kept if len(bytes.fromhex(kept)) == _KEY_BYTES else ""
    except (OSError, ValueError, WorkbenchError):
        return ""


def refuse_unmaskable(columns: Iterable[str]) -> None:
    """Raise UsageError where a policy masks what is none of `MASKABLE`."""
    for name in columns:
        if name not in MASKABLE:
            near = difflib.get_close_matches(name, MASKABLE, n=1)
            hint = f"Did you mean “{near[0]}”?" if near else "Columns: " + ", ".join(MASKABLE)
            raise UsageError(f"The policy masks “{name}”, which is no column to mask.", hint=hint)
