"""What lies in a case folder and is no part of the case: named, never opened or copied."""

from __future__ import annotations

import os
import re
from itertools import islice
from pathlib import Path

from workbench.case.open_file import kind_of

_PARTS = re.compile(
    r"case\.toml|audit\.jsonl|store-[0-9]+\.duckdb|analysis-[0-9]+-[0-9]+\.duckdb|audit\.d|audit\.d/(sets|checkpoints)"
    r"|audit\.d/sets/[0-9a-f]{64}\.txt|audit\.d/checkpoints/[0-9]+-[0-9a-f]+\.note(\.sig)?"
    r"|rejects|rejects/[0-9]+|rejects/[0-9]+/rejects\.jsonl|queries(/.*)?|exports|tmp"
)
_FILES_OF_QUERIES = (".sql", ".toml")
_NOT_ENTERED = ("exports", "tmp")  # results that were written out, and work in progress
_MAX_SEEN = 20_000


def foreign_entries(root: Path) -> list[str]:
    """What is no part of the case at `root`, each with what it is; relative names, unsafe as text.

    Links, pipes, sockets and devices are no part of a case under any name.
    """
    found: list[str] = []
    waiting, seen = [""], 0
    while waiting and seen < _MAX_SEEN:
        folder = waiting.pop()
        try:
            with os.scandir(root / folder) as entries:
                some = islice(entries, _MAX_SEEN - seen)
                listed = sorted(some, key=lambda entry: entry.name)
        except OSError:
            continue
        for entry in listed:
            seen += 1
            name = f"{folder}/{entry.name}" if folder else entry.name
            words = _foreign(name, entry)
            if words:
                found.append(f"{name} ({words})")
            elif entry.is_dir(follow_symlinks=False) and name not in _NOT_ENTERED:
                waiting.append(name)
    return found


def _foreign(name: str, entry: os.DirEntry[str]) -> str:
    kind = kind_of(entry.stat(follow_symlinks=False).st_mode)
    known = _PARTS.fullmatch(name) is not None
    if kind == "a folder":
        return "" if known and "." not in entry.name.removeprefix("audit.d") else kind
    if kind:
        return kind
    if name.startswith("queries/"):
        return "" if name.endswith(_FILES_OF_QUERIES) else "a file"
    return "" if known else "a file"
