"""Faults around a ledger: killed and crowding processes, failing disks, a replaced file."""

from __future__ import annotations

import contextlib
import json
import multiprocessing
import os
import random
import resource
import shutil
import signal
import time
from collections.abc import Iterator
from pathlib import Path

from tests.batteries.ledger_building import (
    comment,
    fill,
    flag,
    head_of,
    judge,
    open_ledger,
    refuses,
)
from workbench.audit.errors import DamagedError, LedgerError

_ROUNDS = 25
FORK = multiprocessing.get_context("fork")


def _writer(folder: Path, number: int, count: int, acknowledged: Path) -> None:
    ledger = open_ledger(folder, f"w{number}", 2000 + number, lock_timeout=60.0)
    handle = os.open(acknowledged, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    for at in range(count):
        record = ledger.append("decision", flag(f"acct-{number}-{at}"))
        os.write(handle, record.h.encode("ascii") + b"\n")
    ledger.close()
    os.close(handle)


def _lines_with_lf(path: Path) -> list[str]:
    return path.read_text("ascii").split("\n")[:-1] if path.exists() else []


def kills(folder: Path, rounds: int, *, least: int = 0, writers: int = 4) -> str:
    """SIGKILL every writer at a random moment of its own; no acknowledged record may be missing.

    After every `_ROUNDS` rounds the ledger is judged, and the next ones begin another. At least
    `least` records must have been acknowledged, or nothing was shown.
    """
    dice = random.Random(5)
    acknowledged = torn = 0
    for number in range(rounds):
        place = folder / f"case-{number // _ROUNDS}"
        place.mkdir(exist_ok=True)
        found, cut = _killed(place, number, [dice.uniform(0.005, 0.15) for _ in range(writers)])
        acknowledged, torn = acknowledged + found, torn + cut
        if (number + 1) % _ROUNDS == 0 or number + 1 == rounds:
            ledger = open_ledger(place, "after")
            ledger.append("note", comment("after the kills"))
            ledger.close()
            report = judge(place, plain=number + 1 == rounds)
            assert report.ok, report.problems
    killed = rounds * writers
    assert acknowledged >= least, f"only {acknowledged} records: the killing came too early"
    return f"{killed} kills of {writers} at once: {acknowledged} acknowledged, 0 lost, {torn} torn"


def _killed(folder: Path, number: int, moments: list[float]) -> tuple[int, bool]:
    """One round: how many records were acknowledged, and whether the file ends torn."""
    notes = [folder / f"ack-{number}-{writer}" for writer in range(len(moments))]
    running = [
        FORK.Process(target=_writer, args=(folder, writer, 1 << 30, note))
        for writer, note in enumerate(notes)
    ]
    for process in running:
        process.start()
    began = time.monotonic()
    for moment, process in sorted(zip(moments, running, strict=True), key=lambda one: one[0]):
        time.sleep(max(0.0, began + moment - time.monotonic()))
        os.kill(process.pid or 0, signal.SIGKILL)
    for process in running:
        process.join()
    path = folder / "audit.jsonl"
    data = path.read_bytes() if path.exists() else b""
    present = {json.loads(line)["h"] for line in data.split(b"\n")[:-1]}
    hashes = [h for note in notes for h in _lines_with_lf(note)]
    lost = [h for h in hashes if h not in present]
    assert not lost, f"{len(lost)} acknowledged records are gone"
    return len(hashes), bool(data) and not data.endswith(b"\n")


def crowd(folder: Path, writers: int, count: int) -> str:
    """Several writers at once: one chain, no gap, every acknowledgement in it once."""
    notes = [folder / f"ack-{writer}" for writer in range(writers)]
    running = [
        FORK.Process(target=_writer, args=(folder, writer, count, notes[writer]))
        for writer in range(writers)
    ]
    began = time.monotonic()
    for process in running:
        process.start()
    for process in running:
        process.join()
    seconds = time.monotonic() - began
    report = judge(folder, plain=True)
    assert report.ok, report.problems[:3]
    assert report.records == writers * count + 1
    hashes = [h for note in notes for h in _lines_with_lf(note)]
    assert len(set(hashes)) == len(hashes) == writers * count
    return f"{report.records} records by {writers} writers in {seconds:.1f} s, one chain, no gap"


# -- failing disks ---------------------------------------------------------------------------


@contextlib.contextmanager
def file_size_limit(most: int) -> Iterator[None]:
    """Let no file of this process grow past `most` bytes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def disk_full(folder: Path, step: int = 7) -> str:
    """The file may grow by n bytes and no more: refused, poisoned, and taken up again later."""
    ledger = open_ledger(folder)
    fill(ledger, 3)
    ledger.close()
    path = folder / "audit.jsonl"
    whole = path.read_bytes()
    tried = 0
    for extra in range(0, 700, step):
        path.write_bytes(whole)
        shutil.rmtree(folder / "state-ana", ignore_errors=True)
        ledger = open_ledger(folder)
        room = True
        with file_size_limit(len(whole) + extra):
            try:
                ledger.append("note", comment("on a full disk"))
            except LedgerError:
                room = False
            try:
                ledger.append("note", comment("once more"))
            except LedgerError as error:
                poisoned = "earlier write failed" in error.message
                assert room or poisoned, "a failed write did not stop this process"
            else:
                assert room, "a failed write did not stop this process"
        ledger.close()
        ledger = open_ledger(folder)
        ledger.append("note", comment("space again"))
        ledger.close()
        assert path.read_bytes().startswith(whole)
        assert judge(folder, plain=not tried).ok
        tried += 1
    return f"{tried} sizes: refused, poisoned, taken up again, nothing acknowledged lost"


def replaced(folder: Path) -> str:
    """The file replaced, emptied, removed, or made a symbolic link under an open ledger."""
    path, aside = folder / "audit.jsonl", folder / "aside"
    for kind in ("copy", "empty", "gone", "link"):
        ledger = open_ledger(folder)
        fill(ledger, 3)
        checkpoint = head_of(ledger)
        whole = path.read_bytes()
        if kind == "copy":
            shutil.copy(path, aside)
            os.replace(aside, path)
        elif kind == "empty":
            os.truncate(path, 0)
        else:
            os.replace(path, aside)
            if kind == "link":
                path.symlink_to(aside)
        try:
            ledger.append("note", comment("to whom?"))
        except DamagedError:
            pass
        else:
            raise AssertionError(f"{kind}: not noticed by the open ledger")
        ledger.close()
        if kind != "copy":
            assert not judge(folder, checkpoint, plain=True).ok
            refuses(folder)
        for leftover in (path, aside):
            leftover.unlink(missing_ok=True)
        path.write_bytes(whole)
        assert judge(folder, checkpoint).ok
    return "replaced, emptied, removed and linked files noticed"
