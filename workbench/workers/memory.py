"""Memory of a worker, seen from inside and outside."""

from __future__ import annotations

import ctypes
import os

_PAGE = os.sysconf("SC_PAGE_SIZE")
_WORTH_A_TRIM = 256 << 20
_libc = ctypes.CDLL(None)


def resident(pid: int | str = "self") -> int:
    """Bytes of a process that are in memory; 0 when it is gone."""
    try:
        with open(f"/proc/{pid}/statm", encoding="ascii") as statm:
            return int(statm.read().split()[1]) * _PAGE
    except (OSError, IndexError):
        return 0


def trim() -> None:
    """Give freed memory back to the host where this process holds much of it."""
    if resident() > _WORTH_A_TRIM and hasattr(_libc, "malloc_trim"):
        _libc.malloc_trim(0)
