"""Appending, refusing, recovering: what an analyst meets when something is wrong."""

from __future__ import annotations

import errno
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from workbench.audit.errors import DamagedError, LedgerError
from workbench.audit.log import locks
from workbench.audit.log.append import Ledger
from workbench.audit.log.verify import verify
from workbench.audit.log.witness import Witness
from workbench.audit.records.identity import SystemClock, Who
from workbench.audit.state import builders

Open = Callable[..., Ledger]


def comment(text: str = "seen") -> dict[str, Any]:
    return builders.note("comment", "account", "acct-1", text)


def test_nothing_is_written_until_the_first_append(open_ledger: Open, tmp_path: Path) -> None:
    ledger = open_ledger()
    assert ledger.head.size == 0
    assert not (tmp_path / "audit.jsonl").exists()
    record = ledger.append("note", comment())
    assert (record.seq, ledger.head.size) == (1, 2)
    assert [r.fields["type"] for r in ledger.records()] == ["open", "note"]
    assert (tmp_path / "audit.jsonl").stat().st_mode & 0o777 == 0o600


def test_a_team_folder_gives_group_files(open_ledger: Open, tmp_path: Path) -> None:
    tmp_path.chmod(0o2770)
    ledger = open_ledger()
    ref = ledger.put_set(["a"])
    ledger.append("note", comment())
    for path in (tmp_path / "audit.jsonl", ledger.sets.path(ref.sha256)):
        assert path.stat().st_mode & 0o777 == 0o660


def test_records_name_what_their_writer_had_seen(open_ledger: Open) -> None:
    ana, bo = open_ledger(), open_ledger("bo", 1002)
    before = ana.refresh()
    ana.append("note", comment())
    seen = ana.head
    bo.append("note", comment())
    assert bo.append("note", comment()).fields["seen"]["size"] == 3
    late = ana.append("note", comment(), seen=seen)
    assert late.fields["seen"] == seen.as_seen()
    assert before.size == 0
    assert late.seq == 4
    assert verify(ana.path).ok


def test_a_malformed_body_is_refused_and_named(open_ledger: Open, tmp_path: Path) -> None:
    ledger = open_ledger()
    body = builders.decision(
        verdict="flag", subject=builders.account_subject("a"), reason="R-MULTI", counter=""
    )
    with pytest.raises(LedgerError, match="counter must say what speaks against"):
        ledger.append("decision", body)
    with pytest.raises(LedgerError, match="limit"):
        ledger.append("campaign_edit", builders.campaign_edit(
            "merge", "c", others=["x" * 2048] * 64))  # fmt: skip
    assert not (tmp_path / "audit.jsonl").exists()


@pytest.mark.parametrize("failing", ["fdatasync", "write"])
def test_a_failed_sync_or_write_poisons(
    open_ledger: Open, monkeypatch: pytest.MonkeyPatch, failing: str
) -> None:
    ledger = open_ledger()
    ledger.append("note", comment())

    def fail(*_: object) -> int:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    with monkeypatch.context() as patch:
        patch.setattr(os, failing, fail)
        with pytest.raises(LedgerError, match="could not be written: Input/output error") as caught:
            ledger.append("note", comment())
        assert caught.value.exit_code == 1
        assert "draft" in caught.value.hint
    with pytest.raises(LedgerError, match="An earlier write failed"):
        ledger.append("note", comment())
    again = open_ledger()
    again.append("note", comment())
    assert verify(again.path).ok


def test_a_short_write_poisons_and_is_taken_up_by_the_next(
    open_ledger: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger = open_ledger()
    ledger.append("note", comment())
    whole_write = os.write
    with monkeypatch.context() as patch:
        patch.setattr(os, "write", lambda handle, data: whole_write(handle, bytes(data[:50])))
        with pytest.raises(LedgerError, match="only 50 of"):
            ledger.append("note", comment("cut short"))
    assert verify(ledger.path).warnings
    again = open_ledger()
    again.append("note", comment("next"))
    report = verify(ledger.path)
    assert report.ok
    assert len(report.recovered) == 1
    assert "torn" in report.recovered[0]


def test_a_whole_record_without_its_line_feed_is_adopted(open_ledger: Open) -> None:
    ledger = open_ledger("ana")
    record = ledger.append("decision", builders.decision(
        verdict="clear", subject=builders.account_subject("a"), reason="C-OTHER"))  # fmt: skip
    data = ledger.path.read_bytes()
    ledger.path.write_bytes(data[:-1])
    other = open_ledger("bo", 1002)
    assert other.state.current("a") is None
    other.append("note", comment())
    current = other.state.current("a")
    assert current is not None
    assert current.record_id == record.id
    report = verify(ledger.path)
    assert report.ok
    assert "whole record without LF" in report.recovered[0]


def test_a_stopped_holder_is_named(open_ledger: Open, tmp_path: Path, battery: ModuleType) -> None:
    open_ledger().append("note", comment())
    code = (
        "import fcntl, os, sys; f = os.open(sys.argv[1], os.O_RDWR); "
        "fcntl.flock(f, fcntl.LOCK_EX); print('held', flush=True); sys.stdin.read()"
    )
    holder = subprocess.Popen(
        [sys.executable, "-I", "-S", "-c", code, tmp_path / "audit.jsonl"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        holder.send_signal(signal.SIGSTOP)
        os.waitid(os.P_PID, holder.pid, os.WSTOPPED)
        ledger = open_ledger(lock_timeout=0.05)
        with pytest.raises(LedgerError, match=rf"locked .* by pid {holder.pid} \(.*, stopped\)"):
            ledger.append("note", comment())
    finally:
        holder.kill()
        holder.communicate()
    ledger.append("note", comment())


def test_a_clock_that_goes_back_is_recorded_not_refused(open_ledger: Open) -> None:
    class Back(SystemClock):
        def now(self) -> int:
            return super().now() - 3_600_000_000

    open_ledger().append("note", comment())
    late = open_ledger(clock=Back())
    assert late.append("note", comment()).seq == 2
    report = verify(late.path)
    assert report.ok
    assert "clock went back" in report.warnings[0]


def test_a_symbolic_link_or_another_case_is_refused(open_ledger: Open, tmp_path: Path) -> None:
    ledger = open_ledger()
    ledger.append("note", comment())
    elsewhere = tmp_path / "elsewhere"
    os.replace(ledger.path, elsewhere)
    ledger.path.symlink_to(elsewhere)
    with pytest.raises(DamagedError, match="symbolic link"):
        open_ledger("bo", 1002)
    ledger.path.unlink()
    elsewhere.write_bytes(elsewhere.read_bytes().replace(b"c0ffee00", b"c0ffee01"))
    os.replace(elsewhere, ledger.path)
    with pytest.raises(DamagedError):
        open_ledger("bo", 1002).append("note", comment())


def test_network_file_systems_are_known(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mounts = tmp_path / "mountinfo"
    mounts.write_text(
        "22 1 8:1 / / rw - ext4 /dev/vda rw\n"
        "30 22 0:50 / /srv/my\\040cases rw - nfs4 host:/cases rw\n"
        "31 30 0:51 / /srv/my\\040cases/local rw - xfs /dev/vdb rw\n"
    )
    assert locks.file_system(Path("/srv/my cases/a"), mounts) == "nfs4"
    assert locks.file_system(Path("/srv/my cases/local/a"), mounts) == "xfs"
    assert locks.file_system(Path("/srv/my casesother"), mounts) == "ext4"
    monkeypatch.setattr(locks, "file_system", lambda path: "nfs4")
    with pytest.raises(LedgerError, match="network file system"):
        locks.refuse_network(tmp_path)


def test_a_file_system_without_locks_is_refused(
    open_ledger: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger = open_ledger()
    ledger.append("note", comment())

    def no_locks(handle: int, act: int) -> None:
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    with monkeypatch.context() as patch:
        patch.setattr("workbench.audit.log.locks.fcntl.flock", no_locks)
        with pytest.raises(LedgerError, match="cannot be locked here"):
            ledger.append("note", comment())
    ledger.append("note", comment())


def test_damage_needs_a_reason_and_stays_visible(open_ledger: Open, battery: ModuleType) -> None:
    ledger = open_ledger()
    hashes = battery.fill(ledger, 20)
    ledger.close()
    data = bytearray(ledger.path.read_bytes())
    data[data.index(hashes[5].encode()) + 70] ^= 1
    ledger.path.write_bytes(data)
    again = open_ledger()
    with pytest.raises(DamagedError, match="record 6"):
        again.append("note", comment())
    with pytest.raises(LedgerError, match="needs a reason"):
        again.recover("  ")
    again.recover("the disk was replaced")
    again.append("note", comment())
    again.close()
    report = verify(ledger.path)
    assert report.ok
    assert any("the disk was replaced" in line for line in report.recovered)
    third = open_ledger()
    assert not third.problems
    with pytest.raises(LedgerError, match="Nothing is damaged"):
        third.recover("again")
    assert battery.judge(ledger.path.parent).ok


def test_a_recovered_range_that_changes_again_is_noticed(
    open_ledger: Open, battery: ModuleType
) -> None:
    ledger = open_ledger()
    hashes = battery.fill(ledger, 8)
    ledger.close()
    data = bytearray(ledger.path.read_bytes())
    at = data.index(hashes[3].encode()) + 70
    data[at] ^= 1
    ledger.path.write_bytes(data)
    again = open_ledger()
    again.recover("bit rot")
    again.close()
    data = bytearray(ledger.path.read_bytes())
    data[at] ^= 3
    ledger.path.write_bytes(data)
    assert not battery.judge(ledger.path.parent).ok
    battery.refuses(ledger.path.parent)


def test_a_cut_tail_is_noticed_by_who_had_seen_it(open_ledger: Open, battery: ModuleType) -> None:
    ledger = open_ledger()
    battery.fill(ledger, 6)
    ledger.close()
    lines = ledger.path.read_bytes().split(b"\n")
    ledger.path.write_bytes(b"\n".join(lines[:4]) + b"\n")
    assert verify(ledger.path).ok
    again = open_ledger()
    assert any("this analyst has seen 7" in str(problem) for problem in again.problems)
    battery.refuses(ledger.path.parent)
    again.recover("restored from the backup of Monday")
    again.append("note", comment())
    assert not open_ledger().problems
    assert not open_ledger("bo", 1002).problems


def test_a_kept_state_counts_only_for_the_same_bytes(
    open_ledger: Open, battery: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workbench.audit.log.reader._KEEP_AFTER_RECORDS", 1)
    ledger = open_ledger()
    battery.fill(ledger, 30, notes_every=10)
    ledger.append("policy", battery.policy_body(ledger, "[two_people]\naccounts_over = 5\n"))
    fingerprint, head = ledger.state.fingerprint(), ledger.head
    ledger.close()
    kept = Witness(ledger.path.parent / "state-ana", battery.CASE, ledger.path).kept_path
    assert kept.exists()
    again = open_ledger()
    assert again.state.fingerprint() == fingerprint
    assert again.head == head
    assert again.state.policy.two_people_over == 5
    other = open_ledger("bo", 1002)
    other.append("note", comment())
    again.append("note", comment())
    assert verify(ledger.path).ok
    again.close()
    whole = ledger.path.read_bytes()
    ledger.path.write_bytes(whole.replace(b"acct-4", b"acct-5", 1))
    assert open_ledger().problems
    ledger.path.write_bytes(whole)
    data = kept.read_bytes()
    kept.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
    assert open_ledger().state.fingerprint() == again.state.fingerprint()


def test_copies_grow_apart_and_a_moved_case_takes_its_mark_along(
    battery: ModuleType, tmp_path: Path
) -> None:
    here, there, moved = tmp_path / "here", tmp_path / "there", tmp_path / "moved"
    here.mkdir()

    def opened(folder: Path) -> Ledger:
        return Ledger.open(
            folder / "audit.jsonl", state_dir=tmp_path / "state", case_id=battery.CASE,
            who=Who("ana", 1001, "bench-1"), tool="test",
        )  # fmt: skip

    def remark(folder: Path, times: int) -> None:
        ledger = opened(folder)
        for _ in range(times):
            ledger.append("note", comment())
        ledger.close()

    remark(here, 1)
    shutil.copytree(here, there)
    remark(here, 2)
    remark(there, 1)
    remark(here, 1)
    whole = (here / "audit.jsonl").read_bytes()
    here.rename(moved)
    (moved / "audit.jsonl").write_bytes(b"".join(whole.splitlines(keepends=True)[:3]))
    ledger = opened(moved)
    assert "this analyst has seen 5" in str(ledger.problems[0])
    ledger.close()
    (moved / "audit.jsonl").write_bytes(whole)
    remark(moved, 1)
