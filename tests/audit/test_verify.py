"""What verification says of damage and of forgery, in so many words."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from workbench.audit.log import parallel_scan
from workbench.audit.log import verify as verification
from workbench.audit.log.append import Ledger
from workbench.audit.log.verify import verify
from workbench.audit.records.canonical_json import seal, sha256

Open = Callable[..., Ledger]
_PARTS = [
    b"\n",
    b"{",
    b"}",
    b'{"body":',
    b'"h":"',
    b"\0",
    b"\xff",
    b"[[",
    b"1e400",
    b'\\ud800"',
    b"LINE",
]


@pytest.fixture
def lines(open_ledger: Open, battery: ModuleType) -> list[bytes]:
    """The lines of a ledger of ten records, which lies in the test's folder."""
    ledger = open_ledger()
    battery.fill(ledger, 9)
    ledger.close()
    return ledger.path.read_bytes().split(b"\n")[:-1]


def judged(battery: ModuleType, folder: Path, lines: list[bytes]) -> Any:
    (folder / "audit.jsonl").write_bytes(b"".join(line + b"\n" for line in lines))
    return battery.judge(folder)


def altered(line: bytes, **changes: Any) -> bytes:
    """The line with other fields and a hash that fits them."""
    fields = {**json.loads(line), **changes}
    del fields["h"]
    return seal(fields)[:-1]


def recovery(after: bytes, line: bytes, place: tuple[int, bytes]) -> bytes:
    """A forged record that calls a damaged range a torn append; `after` is what it follows."""
    off, damaged = place
    before = json.loads(after)
    entry = {"what": "torn", "off": off, "len": len(damaged), "sha256": sha256(damaged)}
    return altered(
        line,
        seq=before["seq"] + 1,
        prev=before["h"],
        id="ab" * 16,
        type="recovery",
        body={"kind": "torn", "reason": "", "ranges": [entry]},
        seen={"size": 0, "root": sha256(b"")},
    )


def test_an_altered_record_breaks_the_next_one(
    battery: ModuleType, tmp_path: Path, lines: list[bytes]
) -> None:
    lines[4] = altered(lines[4], ts=7)
    report = judged(battery, tmp_path, lines)
    assert report.problems[0].startswith("record 5 (bytes ")
    assert report.problems[0].endswith("does not continue the record before it")


def test_damage_is_named_by_record_and_bytes(
    battery: ModuleType, tmp_path: Path, lines: list[bytes]
) -> None:
    start = sum(len(line) + 1 for line in lines[:3])
    report = judged(battery, tmp_path, [*lines[:3], b"\xff" + lines[3], *lines[4:]])
    assert report.problems == [
        f"record 3 (bytes {start}-{start + len(lines[3]) + 1}): not ASCII JSON"
    ]
    report = judged(battery, tmp_path, [*lines[:3], *lines[4:]])
    assert report.problems[0].endswith("number 4 where 3 should follow")
    report = judged(battery, tmp_path, [*lines, lines[5]])
    assert any("repeats the id" in problem for problem in report.problems)
    report = judged(battery, tmp_path, [altered(lines[0], seq=3)])
    assert not report.ok


def test_an_overwritten_last_line_feed_is_no_torn_append(
    battery: ModuleType, tmp_path: Path, lines: list[bytes]
) -> None:
    whole = b"".join(line + b"\n" for line in lines)
    for bit in range(8):
        (tmp_path / "audit.jsonl").write_bytes(whole[:-1] + bytes([10 ^ 1 << bit]))
        assert not battery.judge(tmp_path).ok
        battery.refuses(tmp_path)
    for tail in (b"", b"\0" * 40, lines[-1][:50] + b"\0\0"):
        (tmp_path / "audit.jsonl").write_bytes(whole + tail)
        assert battery.judge(tmp_path).ok


def test_damage_called_a_torn_append_is_not_believed(
    battery: ModuleType, tmp_path: Path, lines: list[bytes]
) -> None:
    """Recovery must not launder tampering: one draft blessed twenty damaged records here."""
    damaged = lines[-1].replace(b"bench-1", b"bench-2")
    off = sum(len(line) + 1 for line in lines[:-1])
    # In the place where an honest tool would put it, following the record before the damage.
    honest = recovery(lines[-2], lines[-1], (off, damaged))
    assert judged(battery, tmp_path, [*lines[:-1], damaged, honest]).ok
    # Following the record that the damaged line once was: that line was a record, not a fragment.
    jump = recovery(lines[-1], lines[-1], (off, damaged))
    assert not judged(battery, tmp_path, [*lines[:-1], damaged, jump]).ok
    # Not at once, but after another record.
    between = altered(lines[-1], id="cd" * 16)
    later = recovery(between, lines[-1], (off, damaged))
    assert not judged(battery, tmp_path, [*lines[:-1], damaged, between, later]).ok
    # In the middle, with the rest of the ledger as it was.
    middle = lines[4].replace(b"bench-1", b"bench-2")
    at = sum(len(line) + 1 for line in lines[:4])
    forged = recovery(lines[-1], lines[-1], (at, middle))
    assert not judged(battery, tmp_path, [*lines[:4], middle, *lines[5:], forged]).ok


def test_a_writer_who_saw_another_ledger_is_noticed(
    battery: ModuleType, tmp_path: Path, lines: list[bytes]
) -> None:
    lines[-1] = altered(lines[-1], seen={"size": 4, "root": "ab" * 32})
    assert judged(battery, tmp_path, lines).problems[0].endswith("saw another ledger before it")
    lines[-1] = altered(lines[-1], seen={"size": 40, "root": "ab" * 32})
    assert not judged(battery, tmp_path, lines).ok


def test_what_is_no_ledger_file_is_answered(tmp_path: Path, battery: ModuleType) -> None:
    assert "No such file" in verify(tmp_path / "audit.jsonl").problems[0]
    (tmp_path / "audit.jsonl").mkdir()
    assert not battery.judge(tmp_path).ok
    (tmp_path / "audit.jsonl").rmdir()
    os.mkfifo(tmp_path / "audit.jsonl")
    assert not battery.judge(tmp_path).ok
    (tmp_path / "audit.jsonl").unlink()
    (tmp_path / "audit.jsonl").touch()
    report = battery.judge(tmp_path)
    assert (report.ok, report.begun) == (True, False)
    assert "all were cut off" in report.warnings[0]
    (tmp_path / "audit.jsonl").write_bytes(b"hello")
    assert "does not end with a line feed" in battery.judge(tmp_path).problems[0]
    battery.refuses(tmp_path)


def test_a_folder_without_a_ledger_is_empty_unless_something_shows_otherwise(
    tmp_path: Path, battery: ModuleType, lines: list[bytes], open_ledger: Open
) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    (empty / "case.toml").touch()
    report = battery.judge(empty)
    assert (report.ok, report.begun, report.records) == (True, False, 0)
    checkpoint = battery.head_of(open_ledger())
    (tmp_path / "audit.jsonl").unlink()
    (tmp_path / "case.toml").touch()
    assert battery.judge(tmp_path).ok
    assert not battery.judge(tmp_path, checkpoint).ok
    assert "has seen 10 records" in verify(tmp_path, seen=checkpoint).problems[0]


def test_a_note_beside_a_ledger_that_is_gone_shows_that_there_was_one(
    tmp_path: Path, battery: ModuleType, open_ledger: Open
) -> None:
    ledger = open_ledger()
    battery.fill(ledger, 5, notes_every=5)
    ledger.close()
    (tmp_path / "audit.jsonl").unlink()
    report = battery.judge(tmp_path)
    assert not report.ok
    assert "records 0 to 5 vanished" in report.problems[0]


def test_several_processes_say_what_one_says(
    battery: ModuleType, tmp_path: Path, lines: list[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "audit.jsonl"
    whole = path.read_bytes()
    monkeypatch.setattr(verification, "_CHUNK_BYTES", 1500)
    for data in (whole, whole.replace(b"acct-4", b"acct-5"), whole[:-9] + b"\n\n" * 3000):
        path.write_bytes(data)
        one = verify(path)
        with monkeypatch.context() as patch:
            patch.setattr(verification, "_PARALLEL_FROM_BYTES", 0)
            patch.setattr(os, "sched_getaffinity", lambda pid: {0, 1})
            several = verify(path)
            patch.setattr("workbench.audit.log.parallel_scan.sys.executable", str(tmp_path))
            alone = verify(path)  # a folder cannot be started
        assert several == alone == one
    path.write_bytes(whole)
    with path.open("rb") as file:
        places = list(parallel_scan.pieces(file.fileno(), 700, len(whole)))
    assert sum(length for _, length in places) == len(whole)


@pytest.mark.parametrize("length", [65_535, 65_536, 65_537, 70_000, 300_000, 3 << 20, 9 << 20])
def test_a_long_tail_without_a_line_feed_ends_with_an_answer(
    battery: ModuleType, tmp_path: Path, lines: list[bytes], length: int
) -> None:
    with (tmp_path / "audit.jsonl").open("ab") as file:
        file.write(b"{" + b"a" * (length - 1))
    torn = length <= 4 * 65_536
    assert battery.judge(tmp_path).ok is torn
    if not torn:
        battery.refuses(tmp_path)
        assert not battery.judge(tmp_path).ok


def test_the_ledger_of_another_case_is_named(tmp_path: Path, lines: list[bytes]) -> None:
    assert "of another case" in verify(tmp_path, case_id="5ca1ab1e").problems[0]


def test_progress_ends_at_the_whole(tmp_path: Path, lines: list[bytes]) -> None:
    told: list[tuple[int, int]] = []
    verify(tmp_path, progress=lambda done, total: told.append((done, total)))
    size = (tmp_path / "audit.jsonl").stat().st_size
    assert told[-1] == (size, size)


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.sampled_from(_PARTS)))
def test_any_bytes_end_with_an_answer(
    battery: ModuleType, tmp_path: Path, lines: list[bytes], parts: list[bytes]
) -> None:
    data = b"".join(lines[0] if part == b"LINE" else part for part in parts)
    (tmp_path / "audit.jsonl").write_bytes(data)
    assert battery.judge(tmp_path).exit_code in (0, 3)
