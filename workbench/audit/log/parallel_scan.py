"""Scans a large ledger in several processes: each takes the next piece of the file, in turn.

Processes, not threads: the bench must not fork itself, and scanning is bound to the interpreter.
"""

from __future__ import annotations

import fcntl
import marshal
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import astuple, fields
from pathlib import Path

import workbench
from workbench.audit.log.chain import Bad, Run, scan
from workbench.audit.records.canonical_json import Fields
from workbench.audit.records.schema import refers

_START = (
    "import sys; sys.path.insert(0, sys.argv[1]); "
    "from workbench.audit.log.parallel_scan import serve; serve(int(sys.argv[2]))"
)
_MAX_PIECES_AHEAD = 2
_LOOK_BACK_BYTES = 65_536
_PIPE_BYTES = 1 << 20
_LOOKED_AT = ("reversal", "resolve")
_RUN_FIELDS = tuple(field.name for field in fields(Run))


def worth_keeping(record: Fields) -> bool:
    """Whether verification must look at the record itself, not only at its place in the chain."""
    return bool(record["sig"]) or record["type"] in _LOOKED_AT or refers(record)


def pieces(handle: int, chunk: int, size: int) -> Iterator[tuple[int, int]]:
    """Offset and length of pieces that end with a LF; stops at the last LF of the file."""
    start = 0
    while start < size:
        low, high = start, min(start + chunk, size)
        while (stop := _after_last_lf(handle, low, high)) < 0 and high < size:
            # No LF in the whole piece: take the next one along.
            low, high = high, min(high + chunk, size)
        if stop < 0:
            return
        yield start, stop - start
        start = stop


def _after_last_lf(handle: int, low: int, high: int) -> int:
    """Where the last LF of a range ends, or -1; looked for from its end."""
    while high > low:
        at = max(low, high - _LOOK_BACK_BYTES)
        found = os.pread(handle, high - at, at).rfind(b"\n")
        if found >= 0:
            return at + found + 1
        high = at
    return -1


def read_exactly(handle: int, offset: int, length: int) -> bytes:
    """The bytes at a place of the file, fewer only where the file ends."""
    parts: list[bytes] = []
    while length > 0:
        part = os.pread(handle, length, offset)
        if not part:
            break
        parts.append(part)
        offset, length = offset + len(part), length - len(part)
    return b"".join(parts)


def _pack(found: list[Run | Bad]) -> bytes:
    rows: list[object] = []
    for item in found:
        if isinstance(item, Bad):
            rows.append(astuple(item))
        else:
            # marshal knows no bytearray.
            rows.append([bytes(v) if type(v) is bytearray else v for v in _values(item)])
    return marshal.dumps(rows)


def _values(run: Run) -> list[object]:
    return [getattr(run, name) for name in _RUN_FIELDS]


def _unpack(data: bytes) -> list[Run | Bad]:
    return [Bad(*row) if type(row) is tuple else Run(*row) for row in marshal.loads(data)]


def serve(handle: int) -> None:
    """In each process: reads "offset length" lines, writes scanned pieces, their length before."""
    out = sys.stdout.buffer
    for request in sys.stdin.buffer:
        offset, length = map(int, request.split())
        packed = _pack(scan(read_exactly(handle, offset, length), offset, worth_keeping))
        out.write(len(packed).to_bytes(8, "big") + packed)
        out.flush()


def scan_in_parallel(
    handle: int, places: list[tuple[int, int]], processes: int
) -> Iterator[list[Run | Bad]]:
    """Scan the pieces of an open file in several processes; yields in file order.

    Where none can be started the pieces are scanned here.
    """
    started = _started(handle, processes)
    if not started:
        for place in places:
            yield scan(read_exactly(handle, *place), place[0], worth_keeping)
        return
    processes = len(started)
    try:
        for process in started:
            assert process.stdout is not None
            with suppress(OSError):  # one that can leave its answer goes on at once
                fcntl.fcntl(process.stdout, fcntl.F_SETPIPE_SZ, _PIPE_BYTES)
        for number, place in enumerate(places[: processes * _MAX_PIECES_AHEAD]):
            _ask(started[number % processes], place)
        for number, place in enumerate(places):
            process = started[number % processes]
            assert process.stdout is not None
            length = int.from_bytes(process.stdout.read(8), "big")
            packed = process.stdout.read(length)
            if not length or len(packed) < length:
                # The process died (memory, a signal): what it owed is done here.
                yield scan(read_exactly(handle, *place), place[0], worth_keeping)
                continue
            if number + processes * _MAX_PIECES_AHEAD < len(places):
                _ask(process, places[number + processes * _MAX_PIECES_AHEAD])
            yield _unpack(packed)
    finally:
        for process in started:
            if process.stdin is not None:
                with suppress(BrokenPipeError):
                    process.stdin.close()
            if process.stdout is not None:
                process.stdout.close()
            process.kill()
            process.wait()


def _started(handle: int, processes: int) -> list[subprocess.Popen[bytes]]:
    """As many processes as this user may start: too few processes are no damage to the ledger."""
    root = str(Path(workbench.__file__).parent.parent)
    command = [sys.executable, "-I", "-S", "-c", _START, root, str(handle)]
    started: list[subprocess.Popen[bytes]] = []
    with suppress(OSError):
        for _ in range(processes):
            started.append(
                subprocess.Popen(
                    command,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    pass_fds=(handle,),
                    start_new_session=True,  # ^C is for who asked; a lane ends with its stdin
                )
            )
    return started


def _ask(process: subprocess.Popen[bytes], place: tuple[int, int]) -> None:
    assert process.stdin is not None
    with suppress(BrokenPipeError):  # a dead one is noticed when its answer is due
        process.stdin.write(b"%d %d\n" % place)
        process.stdin.flush()
