"""Memory of a worker, seen from inside and outside."""

from __future__ import annotations

import ctypes
import os

from workbench.errors import WorkbenchError

# How often a worker that works is looked at, and what it may hold above what the engine may take:
# the interpreter, Arrow batches on their way, a page of cells (not the pages of files that are
# read, which the kernel takes back). An expression that ignores the engine's limit takes 100 to
# 200 MiB between two looks.
WATCH_SECONDS = 0.05
_ALLOWANCE_MIB = 320

_PAGE = os.sysconf("SC_PAGE_SIZE")
_WORTH_A_TRIM = 256 << 20
_libc = ctypes.CDLL(None)


def own(pid: int) -> int:
    """Bytes of a process that are in memory and no file's; 0 when it is gone."""
    pages = _pages(pid)
    return (pages[1] - pages[2]) * _PAGE if pages else 0


def allowed_mib(engine_mib: int) -> int:
    """What a query worker may hold, in MiB, where its engine may take so much."""
    return engine_mib + _ALLOWANCE_MIB


def grew_too_large(pid: int, engine_mib: int) -> WorkbenchError | None:
    """What to say of a query whose worker holds more than it may; None while it does not."""
    allowed = allowed_mib(engine_mib)
    if own(pid) <= allowed << 20:
        return None
    return WorkbenchError(
        f"The query took more than {allowed:,} MiB of memory; its worker was replaced.",
        hint="Narrow it (fewer columns, a WHERE, a LIMIT) or raise engine.memory_mib.",
    )


def _pages(pid: int | str) -> list[int]:
    """Size, resident and shared, in pages; nothing when it is gone."""
    try:
        with open(f"/proc/{pid}/statm", encoding="ascii") as statm:
            return [int(word) for word in statm.read().split()]
    except OSError:
        return []


def resident(pid: int | str = "self") -> int:
    """Bytes of a process that are in memory; 0 when it is gone."""
    pages = _pages(pid)
    return pages[1] * _PAGE if pages else 0


def trim() -> None:
    """Give freed memory back to the host where this process holds much of it."""
    if resident() > _WORTH_A_TRIM and hasattr(_libc, "malloc_trim"):
        _libc.malloc_trim(0)
