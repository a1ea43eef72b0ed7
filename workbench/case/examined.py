"""Which stores this analyst's worker has looked through and found to hold what a load makes."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path

from workbench.case.atomic import replace_file
from workbench.case.open_file import read_state
from workbench.errors import WorkbenchError

_FILE = "examined.json"
_RULES = 1  # what is looked for; raise it when that grows, so that every store is looked at again


def file_identity(path: Path) -> str:
    """Names one state of one file: another content or another file has another."""
    stat = path.stat()
    return f"{stat.st_ino}-{stat.st_size}-{stat.st_mtime_ns}-{stat.st_ctime_ns}"


def is_examined(store: Path, state: Path) -> bool:
    """Whether exactly this store was looked through; `state` is the case's state folder."""
    try:
        return read_state(state / _FILE).get(file_identity(store)) == _RULES
    except OSError:
        return False


def remember_examined(store: Path, state: Path) -> None:
    """Keep that it was. Where that fails it is looked through again."""
    with suppress(OSError, WorkbenchError):
        known = json.dumps({file_identity(store): _RULES})
        replace_file(state / _FILE, known.encode("ascii"), 0o600)
