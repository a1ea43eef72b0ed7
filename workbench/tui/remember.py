"""Keeps where the analyst is on disk, so that a dropped line loses nothing."""

from __future__ import annotations

import json
import os
import threading
from pathlib import Path
from typing import Any


def read_json(path: Path) -> dict[str, Any]:
    """A JSON object from a file; an absent or unreadable one is empty: it is only a comfort."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return data if isinstance(data, dict) else {}


def write_json(path: Path, data: dict[str, Any]) -> None:
    """Write a JSON object durably: temporary file, sync, rename."""
    unfinished = path.with_name(f"{path.name}.{os.getpid()}.{threading.get_ident()}")
    with open(unfinished, "w", encoding="ascii", opener=_private) as out:
        json.dump(data, out)
        out.flush()
        os.fsync(out.fileno())
    os.replace(unfinished, path)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def write_text(path: Path, text: str) -> None:
    """Write a private text file."""
    with open(path, "w", encoding="utf-8", errors="surrogatepass", opener=_private) as out:
        out.write(text)


class ViewMemory:
    """The trail on disk: handed over at every move, written by a timer beside the loop."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "view.json"
        self._latest: dict[str, Any] | None = None

    def read(self) -> dict[str, Any]:
        """Where the analyst left; empty the first time."""
        return read_json(self._path)

    def keep(self, data: dict[str, Any]) -> None:
        """This is where the analyst is now."""
        self._latest = data

    def write_now(self) -> None:
        """Write the latest, if there is anything new."""
        latest, self._latest = self._latest, None
        if latest is not None:
            write_json(self._path, latest)


class History:
    """Statements that ran, newest first; private, capped, without any result."""

    longest = 500

    def __init__(self, folder: Path) -> None:
        self._path = folder / "history.json"
        texts = read_json(self._path).get("texts", [])
        self._texts = [text for text in texts if isinstance(text, str)]

    def add(self, text: str) -> None:
        """Remember a statement; the same one moves to the front."""
        self._texts = [text, *(other for other in self._texts if other != text)][: self.longest]
        write_json(self._path, {"texts": self._texts})

    def texts(self) -> list[str]:
        """Newest first."""
        return list(self._texts)

    def forget(self) -> None:
        """Delete the history."""
        self._texts = []
        self._path.unlink(missing_ok=True)
