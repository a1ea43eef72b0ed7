"""What the ledger batteries share: ledgers, records of several kinds, and both verifiers."""

from __future__ import annotations

import contextlib
import functools
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest import mock

from tests.batteries.bare_python import BARE, REMEMBERING, WITHOUT_TOOLS, plain_run
from workbench.audit.errors import LedgerError
from workbench.audit.log.append import Ledger, Who
from workbench.audit.log.checkpoint import Checkpoint, origin_of
from workbench.audit.log.checkpoint_append import make_checkpoint
from workbench.audit.log.verify import Report, verify
from workbench.audit.records.canonical_json import sha256
from workbench.audit.records.entries import brief, read_record
from workbench.audit.state import builders

CASE = "c0ffee00c0ffee00"


def who(name: str, uid: int) -> Who:
    """An analyst without a key."""
    return Who(name, uid, "bench-1")


def open_ledger(folder: Path, name: str = "ana", uid: int = 1001, **more: Any) -> Ledger:
    """The ledger of a case folder, as one analyst opens it."""
    (folder / "case.toml").touch()
    return Ledger.open(
        folder / "audit.jsonl",
        state_dir=folder / f"state-{name}",
        case_id=CASE,
        who=who(name, uid),
        tool="workbench/0.1.0",
        **more,
    )


def comment(text: str) -> dict[str, Any]:
    """The body of a small record."""
    return builders.note("comment", "account", "acct-1", text)


def flag(account: str, *evidence: dict[str, Any]) -> dict[str, Any]:
    """The body of a flag on one account."""
    return builders.decision(
        verdict="flag",
        subject=builders.account_subject(account),
        reason="R-MULTI",
        counter="none-found",
        evidence=evidence,
    )


def rests_on(ledger: Ledger, *values: str) -> dict[str, Any]:
    """Evidence with values too long for the record itself, in a list of their own."""
    return builders.evidence(
        query="money/shared-card", rev=1, sha256="ab" * 32, params={"a": ledger.put_list(values)},
        generation=1, sources=["cd" * 32], result_sha256="ef" * 32, rows=1,
        ledger_head=ledger.head.h, trust="shipped",
    )  # fmt: skip


def policy_body(ledger: Ledger, text: str) -> dict[str, Any]:
    """The body that makes this text the policy of the case."""
    lines = ledger.put_list(text.split("\n"))
    digest = sha256(text.encode("utf-8"))
    return builders.policy(digest, lines, signed="signed = true" in text)


def fill(ledger: Ledger, records: int, *, notes_every: int = 0) -> list[str]:
    """Append records of several kinds; returns their hashes in order."""
    hashes: list[str] = []
    for number in range(records):
        if number % 10 == 3:
            accounts = ledger.put_set([f"acct-{number}", f"line\nfeed-{number}", "esc\x1b[31m"])
            subject = builders.set_subject("set", accounts)
            body = builders.decision(verdict="clear", subject=subject, reason="C-OTHER")
            hashes.append(ledger.append("decision", body).h)
        elif number % 10 == 5:
            body = flag(f"acct-{number}", rests_on(ledger, f"value {number}", "another"))
            hashes.append(ledger.append("decision", body).h)
        elif number % 10 == 7:
            hashes.append(ledger.append("note", comment(f"note {number} \x7f ü")).h)
        else:
            hashes.append(ledger.append("decision", flag(f"acct-{number}")).h)
        if notes_every and number % notes_every == notes_every - 1:
            make_checkpoint(ledger)
    return hashes


@contextlib.contextmanager
def remembered_lines() -> Iterator[None]:
    """Let both verifiers and the reader keep what they found of a line, by its very bytes.

    What one line is worth depends on nothing else; a hundred thousand files that differ in one
    byte are then judged in minutes. All that joins lines is done anew each time.
    """
    with (
        mock.patch(
            "workbench.audit.log.chain.read_record", functools.lru_cache(100_000)(read_record)
        ),
        mock.patch("workbench.audit.log.chain.brief", functools.lru_cache(100_000)(brief)),
        mock.patch(f"{__name__}.BARE", REMEMBERING),
    ):
        yield


@contextlib.contextmanager
def without_ssh_keygen() -> Iterator[None]:
    """Let neither verifier find `ssh-keygen`: whether a signature holds is then not checked."""
    with (
        mock.patch("workbench.audit.records.ssh_signatures.shutil.which", return_value=None),
        mock.patch(f"{__name__}.BARE", WITHOUT_TOOLS),
    ):
        yield


def judge(path: Path, checkpoint: Checkpoint | None = None, *, plain: bool = False) -> Report:
    """Verify with both verifiers and demand that they agree.

    With `plain` the second one is run as a plain command line, a process of its own.
    """
    report = verify(path, checkpoint=checkpoint)
    words = [str(path.absolute())]
    with tempfile.NamedTemporaryFile(prefix="kept-", suffix=".note") as kept:
        if checkpoint is not None:
            kept.write(checkpoint.note())
            kept.flush()
            words += ["--checkpoint", kept.name]
        answer = plain_run(*words) if plain else BARE.run(*words)
    second = answer.found()
    assert second["ok"] == report.ok, (path, report.problems, second["problems"])
    if "root" in second:
        for name in ("records", "size", "root", "head", "signatures"):
            assert second[name] == getattr(report, name), (name, second, report)
    return report


def _append_one(folder: Path, name: str) -> LedgerError | None:
    try:
        ledger = open_ledger(folder, name)
        try:
            ledger.append("note", comment("after the damage"))
        finally:
            ledger.close()
    except LedgerError as error:
        return error
    return None


def refuses(folder: Path, name: str = "ana") -> None:
    """Demand that an ordinary append is refused with exit code 3, and changes nothing."""
    path = folder / "audit.jsonl"
    before = path.read_bytes() if path.is_file() else b""
    refused = _append_one(folder, name)
    assert refused is not None, "an append after damage was accepted"
    assert refused.exit_code == 3, refused.message
    after = path.read_bytes() if path.is_file() else b""
    assert after == before, "a refused append changed the file"


def head_of(ledger: Ledger) -> Checkpoint:
    """The head of a ledger as a checkpoint kept elsewhere."""
    return Checkpoint(origin_of(CASE), ledger.head.size, ledger.head.root)
