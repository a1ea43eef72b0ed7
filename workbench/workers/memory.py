"""Memory of a worker, seen from inside and outside."""

from __future__ import annotations

import ctypes
import os

_PAGE = os.sysconf("SC_PAGE_SIZE")
_WORTH_A_TRIM = 256 << 20
_libc = ctypes.CDLL(None)


def own(pid: int) -> int:
    """Bytes of a process that are in memory and no file's; 0 when it is gone."""
    pages = _pages(pid)
    return (pages[1] - pages[2]) * _PAGE if pages else 0


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
