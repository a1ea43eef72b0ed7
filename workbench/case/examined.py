"""Which parts this analyst's worker has looked through and found to hold what a load makes."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from workbench.case.open_file import read_state, remember_state
from workbench.errors import WorkbenchError

_FILE = "examined.json"
_RULES = 1  # what is looked for; raise it when that grows, so that every store is looked at again


def file_identity(path: Path) -> str:
    """Names one state of one file: another content or another file has another."""
    stat = path.stat()
    return f"{stat.st_ino}-{stat.st_size}-{stat.st_mtime_ns}-{stat.st_ctime_ns}"


def is_examined(parts: Sequence[Path], state: Path) -> bool:
    """Whether exactly these files were looked through; `state` is the case's state folder."""
    known = read_state(state / _FILE)
    try:
        return all(known.get(file_identity(part)) == _RULES for part in parts)
    except OSError:
        return False


def remember_examined(parts: Sequence[Path], state: Path) -> None:
    """Keep that they were. Where that fails they are looked through again."""
    with suppress(OSError, WorkbenchError):
        remember_state(state / _FILE, {file_identity(part): _RULES for part in parts})
