"""What stops an append, met by an ordinary user: a sentence each, and nothing recorded is lost."""

from __future__ import annotations

import errno
import fcntl
import os
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from unittest import mock

from tests.batteries.ledger_building import comment, fill, judge, open_ledger
from tests.batteries.ordinary_user import hand_over, run_as
from workbench.audit.errors import LedgerError
from workbench.audit.log.append import Ledger
from workbench.audit.records.identity import SystemClock

Fault = Callable[[Path], str]


def _append(ledger: Ledger, text: str = "refused?") -> LedgerError | None:
    """Why a record was refused, or None where it was acknowledged."""
    try:
        ledger.append("note", comment(text))
    except LedgerError as error:
        return error
    return None


def _expect(error: LedgerError | None, words: str) -> None:
    """Demand a refusal in these words that says what to do."""
    assert error is not None, f"not refused: {words}"
    assert words in error.message, error.message
    assert error.hint, "the refusal does not say what to do"


def _refused(folder: Path, expected: str, lock_timeout: float = 5.0) -> None:
    """Demand that an append is refused with these words, and that the file keeps its bytes."""
    path = folder / "audit.jsonl"
    before = path.read_bytes()
    ledger = open_ledger(folder, lock_timeout=lock_timeout)
    error = _append(ledger)
    ledger.close()
    _expect(error, expected)
    assert path.read_bytes().startswith(before)


def _goes_on(folder: Path, records: int) -> None:
    """Demand that the next append is accepted and that every record is still there."""
    ledger = open_ledger(folder)
    ledger.append("note", comment("again"))
    ledger.close()
    report = judge(folder, plain=True)
    assert report.ok, report.problems
    assert report.records > records


@contextmanager
def _modes(folder: Path, file: int, above: int) -> Iterator[None]:
    path = folder / "audit.jsonl"
    path.chmod(file)
    folder.chmod(above)
    try:
        yield
    finally:
        folder.chmod(0o700)
        path.chmod(0o600)


def _read_only(folder: Path) -> str:
    with _modes(folder, 0o400, 0o500):
        _refused(folder, "Permission denied")
        ledger = open_ledger(folder)
        assert ledger.head.size == 11, "a read-only ledger cannot be read"
        try:
            ledger.put_set(["a"])
        except LedgerError as error:
            _expect(error, "Permission denied")
        assert not ledger.poisoned
        ledger.close()
    return "read-only folder"


def _failing_sync(folder: Path) -> str:
    def failing(handle: int) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    ledger = open_ledger(folder)
    with mock.patch("os.fdatasync", failing):
        for words in ("Input/output error", "earlier write failed"):
            _expect(_append(ledger), words)
    _expect(_append(ledger), "earlier write failed")
    ledger.close()
    return "failed sync"


def _stopped_holder(folder: Path) -> str:
    handle = os.open(folder / "audit.jsonl", os.O_RDWR)
    fcntl.flock(handle, fcntl.LOCK_EX)
    child = os.fork()
    if child == 0:
        os.kill(os.getpid(), signal.SIGSTOP)
        os._exit(0)
    os.close(handle)
    os.waitpid(child, os.WUNTRACED)
    try:
        _refused(folder, "has been locked for 0.3 s by pid", lock_timeout=0.3)
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    return "lock held by a stopped process"


def _clock_back(folder: Path) -> str:
    class Backwards(SystemClock):
        def now(self) -> int:
            return super().now() - 3_600_000_000

    ledger = open_ledger(folder, clock=Backwards())
    ledger.append("note", comment("an hour ago"))
    ledger.close()
    report = judge(folder)
    assert report.ok, report.problems
    assert any("clock went back" in warning for warning in report.warnings)
    return "clock set back"


def _no_locks(folder: Path) -> str:
    def absent(handle: int, act: int) -> None:
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    with mock.patch("workbench.audit.log.locks.fcntl.flock", absent):
        _refused(folder, "cannot be locked here")
    return "no locks"


def _full_disk(folder: Path) -> str:
    ledger, acknowledged = open_ledger(folder), 0
    while (error := _append(ledger, "x" * 400)) is None:
        acknowledged += 1
    _expect(error, "could not be written")
    _expect(_append(ledger), "earlier write failed")
    ledger.close()
    report = judge(folder)
    assert report.ok, report.problems
    assert report.records >= acknowledged
    return f"disk full after {acknowledged} records"


FAULTS: tuple[Fault, ...] = (_read_only, _failing_sync, _stopped_holder, _clock_back, _no_locks)


def refusals(folder: Path) -> str:
    """Every fault on a ledger of its own, as an ordinary user; then the work goes on.

    Called by root, who alone can mount a small disk, it becomes that user for each.
    """
    met = []
    for number, fault in enumerate(FAULTS):
        place = folder / str(number)
        place.mkdir()
        met.append(run_on(place, fault))
    full = folder / "full"
    full.mkdir()
    mounted = os.getuid() == 0 and not subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=96k", "tmpfs", str(full)],
        check=False, capture_output=True,
    ).returncode  # fmt: skip
    if mounted:
        try:
            met.append(run_on(full, _full_disk, go_on=False))
            subprocess.run(["mount", "-o", "remount,size=1m", str(full)], check=True)
            run_as(partial(_again, full))
        finally:
            subprocess.run(["umount", "-l", str(full)], check=True)
    user = "an ordinary user" if os.getuid() == 0 else "this user"
    return f"as {user}: {', '.join(met)}: refused or told, nothing lost"


def _again(place: Path) -> str:
    _goes_on(place, 10)
    return ""


def run_on(place: Path, fault: Fault, *, go_on: bool = True) -> str:
    """Meet one fault on a ledger of ten records that belongs to an ordinary user."""

    def act() -> str:
        ledger = open_ledger(place)
        fill(ledger, 10)
        ledger.close()
        words = fault(place)
        if go_on:
            _goes_on(place, 10)
        return words

    if os.getuid() == 0:
        hand_over(place)
    return run_as(act)
