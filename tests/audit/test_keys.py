"""Enrolled keys: whose signature counts where the policy demands one; both verifiers agree."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from workbench.audit.errors import LedgerError
from workbench.audit.log.append import Ledger, Who
from workbench.audit.log.merge import merge, other_ledger
from workbench.audit.log.transfer import answer, export_record, import_record
from workbench.audit.log.verify import verify
from workbench.audit.records import ssh_signatures
from workbench.audit.records.account_sets import SetFolder
from workbench.audit.records.canonical_json import sha256
from workbench.audit.state import builders
from workbench.audit.state.state import LedgerState

pytestmark = pytest.mark.skipif(shutil.which("ssh-keygen") is None, reason="needs ssh-keygen")
Open = Callable[..., Ledger]
SIGNED = "signed = true\n"


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("keys")
    for name in ("ana", "bo", "eve"):
        words = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / name)]
        subprocess.run(words, check=True)
    return {name: folder / name for name in ("ana", "bo", "eve")}


def sits(ledger: Ledger, name: str, key: Path) -> Ledger:
    """The same ledger with another analyst before it, who signs with this key."""
    ledger.who = Who(name, 1001, "bench-1", ssh_signatures.key_fingerprint(key))
    ledger.sign = partial(ssh_signatures.sign_record, key=key)
    return ledger


def enrolment(name: str, key: Path, before: int | None = None) -> dict[str, Any]:
    line = key.with_suffix(".pub").read_text().strip()
    return builders.key(
        "add",
        name,
        line,
        ssh_signatures.fingerprint(line),
        alone="nobody else is here",
        before=before,
    )


def note(battery: ModuleType) -> dict[str, Any]:
    body: dict[str, Any] = battery.comment("said")
    return body


@pytest.fixture
def governed(open_ledger: Open, battery: ModuleType, keys: dict[str, Path]) -> Ledger:
    """A ledger whose policy demands signatures, with the key of ana enrolled."""
    ledger = sits(open_ledger(), "ana", keys["ana"])
    ledger.append("key", enrolment("ana", keys["ana"]))
    ledger.append("policy", battery.policy_body(ledger, SIGNED))
    ledger.append("note", note(battery))
    return ledger


def by_hand(ledger: Ledger, kind: str, body: dict[str, Any], patch: pytest.MonkeyPatch) -> int:
    """A record by a tool that refuses nothing; returns its number."""
    with patch.context() as lenient:
        lenient.setattr(LedgerState, "refuses", lambda *_: "")
        lenient.setattr(SetFolder, "unfit", lambda *_: "")
        return ledger.append(kind, body).seq


def test_only_an_enrolled_key_under_its_own_name_signs(
    governed: Ledger, battery: ModuleType, keys: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert battery.judge(governed.path).ok
    assert verify(governed.path).signatures == "3 checked"
    strangers = [("eve", keys["eve"], "not enrolled then"), ("bo", keys["ana"], "enrolled for ana")]
    for name, key, why in strangers:
        sits(governed, name, key)
        with pytest.raises(LedgerError, match=why):
            governed.append("note", note(battery))
        seq = by_hand(governed, "note", note(battery), monkeypatch)
        report = battery.judge(governed.path)
        assert any(one.startswith(f"record {seq}: ") and why in one for one in report.problems)


def test_a_second_key_makes_no_second_person(
    open_ledger: Open, battery: ModuleType, keys: dict[str, Path]
) -> None:
    ledger = sits(open_ledger(), "ana", keys["ana"])
    made = ledger.append("proposal", builders.proposal(battery.flag("acct-1")))
    for name in ("eve", "ＡＮＡ", "ana\u200b", " Ana "):
        sits(ledger, name, keys["eve"])
        ledger.who = replace(ledger.who, uid=1001 if name == "eve" else 1002)
        with pytest.raises(LedgerError, match="somebody else"):
            answer(ledger, made.id, agree=True)
    sits(ledger, "ana", keys["ana"])
    vouched = ledger.append("key", enrolment("ana", keys["ana"]))
    ledger.append("key", enrolment("bo", keys["bo"]))
    with pytest.raises(LedgerError, match="somebody else"):
        # At one login, who enrolled both keys can be both.
        answer(sits(ledger, "bo", keys["bo"]), made.id, agree=True)
    ledger.who, ledger.sign = Who("dee", 1009, "bench-9"), None
    answer(ledger, vouched.id, agree=True)
    ledger.append("key", {**enrolment("bo", keys["bo"]), "alone": ""})
    answer(sits(ledger, "bo", keys["bo"]), made.id, agree=True)
    assert not ledger.state.pending
    assert battery.judge(ledger.path).ok


def test_one_login_with_two_keys_is_told(
    open_ledger: Open, battery: ModuleType, keys: dict[str, Path]
) -> None:
    """Who takes another name in the settings can enrol a key for it and be two people."""
    ledger = open_ledger()
    for name in ("ana", "bo", "ana"):
        sits(ledger, name, keys[name]).append("key", enrolment(name, keys[name]))
    report = battery.judge(ledger.path)
    assert report.ok
    (told,) = report.warnings
    assert "record 2: bo enrolled a key at the login at which ana did" in told


def test_a_second_word_without_its_signature_is_told(
    open_ledger: Open, battery: ModuleType, keys: dict[str, Path], tmp_path: Path
) -> None:
    ledger = sits(open_ledger(), "ana", keys["ana"])
    ledger.append("key", enrolment("ana", keys["ana"]))
    made = ledger.append("proposal", builders.proposal(battery.flag("acct-1")))
    ledger = sits(ledger, "bo", keys["bo"])
    ledger.who = replace(ledger.who, uid=1002, host="bench-2")
    ledger.append("key", enrolment("bo", keys["bo"]))
    ledger.sign = None
    ledger.who = Who("bo", 1002, "bench-2")
    ledger.append("note", note(battery))
    answer(ledger, made.id, agree=True)
    ledger.append("reversal", builders.reversal(made.id, "C-OTHER"))
    report = battery.judge(ledger.path)
    assert not report.problems
    assert [one.partition(",")[0] for one in report.warnings] == [
        "record 5: a countersign by bo",
        "record 6: a reversal by bo",
    ]
    again = ledger.append("decision", battery.flag("acct-3"))
    ledger.append("reversal", builders.reversal(again.id, "C-OTHER"))
    ledger.who = Who("cy", 1003, "bench-3")
    (tmp_path / "away").mkdir()
    other = battery.open_ledger(tmp_path / "away", "bo", 1002)
    theirs = other.append("proposal", builders.proposal(battery.flag("acct-2")))
    answer(battery.open_ledger(tmp_path / "away", "cy", 1003), theirs.id, agree=False)
    other.refresh()
    merge(ledger, other)
    assert len(battery.judge(ledger.path).warnings) == 2, "neither has a key that would sign it"


def test_a_revoked_key_signs_no_more(
    governed: Ledger, battery: ModuleType, keys: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    revocation = builders.key("revoke", "ana", "", governed.who.key)
    with pytest.raises(LedgerError, match="the only key"):
        governed.append("key", revocation)
    governed.append("key", enrolment("bo", keys["bo"]))
    governed.append("key", revocation)
    with pytest.raises(LedgerError, match="not enrolled"):
        governed.append("note", note(battery))
    sits(governed, "bo", keys["bo"]).append("note", note(battery))
    report = battery.judge(governed.path)
    assert report.ok
    assert any("ana enrolled a key for bo" in one for one in report.warnings)
    sits(governed, "ana", keys["ana"])
    by_hand(governed, "note", note(battery), monkeypatch)
    assert not battery.judge(governed.path).ok


def test_a_key_counts_within_its_time(
    open_ledger: Open, battery: ModuleType, keys: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger = sits(open_ledger(), "ana", keys["ana"])
    ledger.append("key", enrolment("ana", keys["ana"], before=5))
    ledger.append("policy", battery.policy_body(ledger, SIGNED))
    with pytest.raises(LedgerError, match="outside the time"):
        ledger.append("note", note(battery))
    by_hand(ledger, "note", note(battery), monkeypatch)
    assert "outside the time" in battery.judge(ledger.path).problems[0]


def test_a_key_record_names_the_key_it_holds(
    open_ledger: Open, battery: ModuleType, keys: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger = open_ledger()
    body = {
        **enrolment("ana", keys["ana"]),
        "fingerprint": ssh_signatures.key_fingerprint(keys["eve"]),
    }
    with pytest.raises(LedgerError, match="another key"):
        ledger.append("key", body)
    by_hand(ledger, "key", body, monkeypatch)
    assert "another key" in battery.judge(ledger.path).problems[0]


def test_a_signature_of_another_case_does_not_hold(
    governed: Ledger, battery: ModuleType, keys: dict[str, Path], tmp_path: Path
) -> None:
    folder = tmp_path / "training"
    folder.mkdir()
    other: Ledger = battery.open_ledger(folder)
    other.case_id = "another"
    sits(other, "ana", keys["ana"])
    made = other.append("proposal", builders.proposal(battery.flag("acct-1")))
    export_record(other, made.id, tmp_path / "travel")
    travel = json.loads((tmp_path / "travel").read_text())
    (tmp_path / "forged").write_text(json.dumps({**travel, "case": governed.case_id}))
    came = import_record(governed, tmp_path / "forged")
    report = battery.judge(governed.path)
    assert report.problems == [f"record {came.seq}: has a signature that does not hold"]


def test_what_a_merge_brings_must_be_signed_too(
    governed: Ledger, battery: ModuleType, keys: dict[str, Path], tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    folder = tmp_path / "copy"
    shutil.copytree(tmp_path, folder, ignore=shutil.ignore_patterns("copy", "state*"))
    copy: Ledger = battery.open_ledger(folder)
    by_hand(copy, "note", note(battery), monkeypatch)
    other = other_ledger(copy.path, governed.case_id, tmp_path / "state")
    with pytest.raises(LedgerError, match="one that came is not signed"):
        merge(governed, other)
    with monkeypatch.context() as lenient:
        lenient.setattr(LedgerState, "refuses", lambda *_: "")
        lenient.setattr(SetFolder, "unfit", lambda *_: "")
        merge(governed, other)
    assert "brings a record that is not signed" in battery.judge(governed.path).problems[0]


def test_keys_do_not_come_by_a_merge(
    governed: Ledger, battery: ModuleType, keys: dict[str, Path], tmp_path: Path
) -> None:
    folder = tmp_path / "copy"
    shutil.copytree(tmp_path, folder, ignore=shutil.ignore_patterns("copy", "state*"))
    copy = sits(battery.open_ledger(folder), "ana", keys["ana"])
    copy.append("key", enrolment("eve", keys["eve"]))
    copy.append("note", note(battery))
    assert merge(governed, other_ledger(copy.path, governed.case_id, tmp_path / "s")).records == 1
    assert list(governed.state.ring().keys) == [governed.who.key]


def test_a_policy_record_may_not_lie_about_its_text(
    governed: Ledger, battery: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = battery.policy_body(governed, SIGNED)
    seq = by_hand(governed, "policy", {**body, "signed": False, "alone": "so"}, monkeypatch)
    report = battery.judge(governed.path)
    assert report.problems == [f"record {seq}: is not of the policy that its text is"]


def test_an_unusable_policy_is_named(
    governed: Ledger, battery: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    by_hand(governed, "policy", battery.policy_body(governed, "unknown = 1\n"), monkeypatch)
    assert any("does not count" in one for one in battery.judge(governed.path).warnings)


def test_a_pipe_among_the_lists_keeps_no_verifier_waiting(
    open_ledger: Open, battery: ModuleType
) -> None:
    ledger = open_ledger()
    battery.fill(ledger, 5)
    lists = ledger.path.parent / "audit.d" / "sets"
    (one,) = lists.iterdir()
    assert sha256(one.read_bytes()) == one.stem
    one.unlink()
    os.mkfifo(one)
    os.mkfifo(lists.parent / "checkpoints.note")
    assert not battery.judge(ledger.path.parent).ok
    battery.refuses(ledger.path.parent)
