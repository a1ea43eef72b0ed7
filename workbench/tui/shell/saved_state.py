"""Keeps where the analyst is on disk, so that a dropped line loses nothing."""

from __future__ import annotations

import json
import os
import threading
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from workbench.case.open_file import read_state


def read_json(path: Path) -> dict[str, Any]:
    """A JSON object from a file; an absent or unreadable one is empty: it is only a comfort."""
    return read_state(path)


def write_json(path: Path, data: dict[str, Any]) -> None:
    """Write a JSON object durably: temporary file, sync, rename. Raises OSError."""
    unfinished = path.with_name(f"{path.name}.{os.getpid()}.{threading.get_ident()}")
    try:
        with open(unfinished, "w", encoding="ascii", opener=_private) as out:
            json.dump(data, out)
            out.flush()
            os.fsync(out.fileno())
        os.replace(unfinished, path)
    except OSError:
        with suppress(OSError):
            unfinished.unlink(missing_ok=True)
        raise


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


class StateFile:
    """A file of the analyst's: handed over at every change, written by a timer beside the loop.

    A sync may take seconds while a load writes gigabytes, and nobody's typing shall wait for it.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._latest: dict[str, Any] | None = None
        self._one_at_a_time = threading.Lock()

    def read(self) -> dict[str, Any]:
        """What was left; empty the first time."""
        return read_json(self._path)

    def keep(self, data: dict[str, Any]) -> None:
        """This is how it is now."""
        self._latest = data

    def write_now(self) -> None:
        """Write the latest, if there is anything new; what raises OSError is tried again."""
        with self._one_at_a_time:  # or an older one might end up on top
            latest, self._latest = self._latest, None
            if latest is None:
                return
            try:
                write_json(self._path, latest)
            except OSError:
                self._latest = self._latest or latest
                raise

    def forget(self) -> None:
        """Delete it."""
        with self._one_at_a_time:
            self._latest = None
            self._path.unlink(missing_ok=True)


@dataclass
class PastStatement:
    """One statement that ran: when (UTC), how it ended, and the digest of a small result."""

    text: str
    at: str = ""
    outcome: str = ""
    sha256: str = ""


class StatementHistory:
    """Statements that ran, newest first; private, capped, without any result."""

    longest = 500

    def __init__(self, folder: Path) -> None:
        self.file = StateFile(folder / "history.json")
        ran = self.file.read().get("ran", [])
        self._ran = [
            PastStatement(
                **{name: str(item.get(name, "")) for name in ("text", "at", "outcome", "sha256")}
            )
            for item in ran
            if isinstance(item, dict) and item.get("text")
        ]

    def add(self, text: str, at: str) -> None:
        """Remember a statement; the same one moves to the front."""
        others = [other for other in self._ran if other.text != text]
        self._ran = [PastStatement(text, at), *others][: self.longest]
        self._keep()

    def note(self, text: str, outcome: str, sha256: str = "") -> None:
        """Say how a statement ended."""
        for one in self._ran:
            if one.text == text:
                one.outcome, one.sha256 = outcome, sha256 or one.sha256
                self._keep()
                return

    def _keep(self) -> None:
        self.file.keep({"ran": [asdict(one) for one in self._ran]})

    def ran(self) -> list[PastStatement]:
        """Newest first."""
        return list(self._ran)

    def forget(self) -> None:
        """Delete the history."""
        self._ran = []
        self.file.forget()
