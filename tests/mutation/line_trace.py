"""Notes which lines of the product each test runs, in its own process and in those it starts.

Every interpreter of the copy's environment imports this. Lines are written as they are first run:
a worker that is killed has noted what it did, and one in its sandbox holds the file open. A worker
inherits no environment, so what to watch is said in a file beside this module.
Standard library alone.
"""

from __future__ import annotations

import json
import os
import sys
import threading
from pathlib import Path
from typing import Any

_HERE = Path(__file__).resolve().parent


class LineTrace:
    """Lines that ran, one `context TAB file TAB line` each, in the file `lines` of a folder."""

    def __init__(self, folder: Path, watched: list[str]) -> None:
        self._folder = folder
        self._watched = frozenset(watched)
        self._seen: set[tuple[str, int]] = set()
        self._context = (folder / "context").read_text(encoding="utf-8")
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
        self._out = os.open(folder / "lines", flags, 0o600)

    def switch(self, context: str) -> None:
        """What runs from now on runs for this test or fixture."""
        (self._folder / "context").write_text(context, encoding="utf-8")
        self._context = context
        self._seen = set()

    def begin(self) -> None:
        """Watch this thread and those it starts."""
        threading.settrace(self._called)
        sys.settrace(self._called)

    def _called(self, frame: Any, event: str, argument: Any) -> Any:
        if frame.f_code.co_filename not in self._watched or frame.f_code.co_name == "<module>":
            return None
        return self._ran(frame, event, argument)

    def _ran(self, frame: Any, event: str, argument: Any) -> Any:
        key = (frame.f_code.co_filename, frame.f_lineno)
        if key not in self._seen:
            self._seen.add(key)
            os.write(self._out, f"{self._context}\t{key[0]}\t{key[1]}\n".encode())
        return self._ran


trace: LineTrace | None = None
if (_HERE / "watched.json").exists():
    given = json.loads((_HERE / "watched.json").read_text(encoding="utf-8"))
    trace = LineTrace(Path(given["folder"]), given["files"])
    trace.begin()
