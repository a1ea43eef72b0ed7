"""Tells a folder that was moved from one that was copied or made anew in its place.

The number of a folder (inode) is kept by `mv` within a file system and is new in a copy, but a file
system gives the number of a deleted folder to the next one; the time of birth tells those apart.
Neither can be set by who hands a folder over.
"""

from __future__ import annotations

import ctypes
import os
import sys
from pathlib import Path

_AT_FDCWD, _AT_SYMLINK_NOFOLLOW, _BIRTH = -100, 0x100, 0x800
_STATX_BYTES, _BIRTH_OFFSET = 256, 80


def folder_identity(folder: Path | str) -> str:
    """Number and time of birth of a folder as text; the empty string where there is none.

    Without a time of birth (an older kernel or file system) the number stands alone.
    """
    try:
        number = os.lstat(folder).st_ino
    except OSError:
        return ""
    return f"{number}-{_born(os.fsencode(folder))}"


def _born(path: bytes) -> str:
    try:
        statx = ctypes.CDLL(None, use_errno=True).statx
    except (OSError, AttributeError):
        return ""
    answer = ctypes.create_string_buffer(_STATX_BYTES)
    if statx(_AT_FDCWD, path, _AT_SYMLINK_NOFOLLOW, _BIRTH, answer) != 0:
        return ""
    if not int.from_bytes(answer.raw[:4], sys.byteorder) & _BIRTH:
        return ""
    seconds = int.from_bytes(
        answer.raw[_BIRTH_OFFSET : _BIRTH_OFFSET + 8], sys.byteorder, signed=True
    )
    nanoseconds = int.from_bytes(answer.raw[_BIRTH_OFFSET + 8 : _BIRTH_OFFSET + 12], sys.byteorder)
    return f"{seconds}.{nanoseconds:09}"
