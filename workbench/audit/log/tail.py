"""The newest records of a large ledger, read from its end: no need to read it whole."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from workbench.audit.errors import MalformedError
from workbench.audit.log.reader import Record
from workbench.audit.records.canonical_json import MAX_LINE_BYTES
from workbench.audit.records.entries import read_record

_CHUNK_BYTES = 256 << 10


def record_at(path: Path, offset: int) -> Record:
    """The record that begins at a byte of the ledger.

    Raises OSError where the file cannot be read, MalformedError where no record begins there.
    """
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        line = os.pread(handle, MAX_LINE_BYTES, offset).partition(b"\n")[0]
    finally:
        os.close(handle)
    return Record(read_record(line), offset)


def newest(path: Path, count: int, before: int = -1) -> list[Record]:
    """Up to `count` records that begin before byte `before` (-1: the end), newest first.

    Lines that are no record are left out. Raises OSError where the file cannot be read.
    """
    found: list[Record] = []
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        end = os.fstat(handle).st_size if before < 0 else before
        while end > 0 and len(found) < count:
            start = max(0, end - _CHUNK_BYTES)
            data = os.pread(handle, end - start, start)
            first = data.find(b"\n") + 1 if start else 0
            last = data.rfind(b"\n") + 1  # what follows is a torn append
            at = last
            for line in reversed(data[first : last - 1].split(b"\n") if last > first else []):
                at -= len(line) + 1
                with suppress(MalformedError):  # verification names it
                    found.append(Record(read_record(line), start + at))
            end = start + first if first < len(data) else start
    finally:
        os.close(handle)
    return found[:count]
