"""What a killed load had begun and left in a case."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from workbench.case.atomic import lock_exclusively


@dataclass(frozen=True, slots=True)
class DeadStaging:
    """The folder of a load that was killed, its bytes, and whether it could be removed."""

    folder: Path
    bytes: int
    removed: bool


@contextmanager
def no_load_runs(root: Path) -> Iterator[bool]:
    """Keep loads of the case at `root` away; False where one runs or the lock cannot be had."""
    try:
        handle = lock_exclusively(root / "tmp" / "load.lock")
    except OSError:
        handle = None
    try:
        yield handle is not None
    finally:
        if handle is not None:
            os.close(handle)


def sweep_staging(root: Path) -> list[DeadStaging]:
    """Remove what killed loads left, where no load runs; returns what was found."""
    with no_load_runs(root) as alone:
        return remove_staging(root) if alone else []


def remove_staging(root: Path) -> list[DeadStaging]:
    """Remove every staging folder; to be called while no load runs."""
    tmp = root / "tmp"
    folders = [] if tmp.is_symlink() else sorted(tmp.glob("load-*-*"))
    return [_swept(folder) for folder in folders if folder.is_dir() and not folder.is_symlink()]


def _swept(folder: Path) -> DeadStaging:
    size = 0
    for path in folder.rglob("*"):
        with suppress(OSError):
            size += path.lstat().st_size
    shutil.rmtree(folder, ignore_errors=True)
    return DeadStaging(folder, size, not folder.exists())
