"""Checkpoints: notes, words, signatures, and what they alone can show."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.audit.errors import LedgerError
from workbench.audit.log.append import Ledger, Who
from workbench.audit.log.checkpoint import (
    Checkpoint,
    read_checkpoint,
    read_note,
    read_words,
    word_list,
)
from workbench.audit.log.checkpoint_append import make_checkpoint
from workbench.audit.log.inclusion_proof import holds, write_proof
from workbench.audit.log.verify import verify
from workbench.audit.records import ssh_signatures
from workbench.audit.state import builders
from workbench.audit.state.state import LedgerState

Open = Callable[..., Ledger]
_CHECKPOINTS = st.builds(
    Checkpoint,
    st.just("wb-audit/c0ffee"),
    st.integers(1, 2**40),
    st.binary(min_size=32, max_size=32).map(bytes.hex),
)
needs_ssh = pytest.mark.skipif(shutil.which("ssh-keygen") is None, reason="no ssh-keygen here")


@pytest.fixture
def key(tmp_path: Path) -> Path:
    """A fresh Ed25519 key without a passphrase."""
    path = tmp_path / "id_test"
    subprocess.run(
        ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", str(path)], check=True
    )
    return path


def signers(tmp_path: Path, key: Path, options: str = 'namespaces="wb-audit@v1"') -> Path:
    path = tmp_path / "allowed"
    path.write_text(f"ana {options} {key.with_suffix('.pub').read_text()}")
    return path


def test_the_word_list_has_2048_different_words() -> None:
    words = word_list()
    assert len(set(words)) == len(words) == 2048
    assert words == word_list()


@given(_CHECKPOINTS)
def test_notes_and_words_come_back(checkpoint: Checkpoint) -> None:
    assert read_note(checkpoint.note()) == checkpoint
    assert read_note(checkpoint.note() + b"extension\n") == checkpoint
    words = checkpoint.words()
    assert len(words) == 24
    assert read_words(" ".join(words).upper(), checkpoint.size).root == checkpoint.root


def test_misread_words_are_refused() -> None:
    checkpoint = Checkpoint("o", 42, "ab" * 32)
    words = checkpoint.words()
    refused = 0
    for other in word_list()[:500]:
        try:
            read_words(" ".join([other, *words[1:]]), 42)
        except LedgerError:
            refused += 1
    assert refused >= 490
    for text, size in ((" ".join(words), 43), ("zzzz " + " ".join(words[1:]), 42), ("", 42)):
        with pytest.raises(LedgerError):
            read_words(text, size)


@given(st.binary(max_size=200))
def test_any_bytes_as_a_note_end_with_an_answer(data: bytes) -> None:
    try:
        checkpoint = read_note(data)
    except LedgerError:
        return
    assert data.startswith(checkpoint.note())


def test_a_checkpoint_finds_a_cut_and_a_rewrite(open_ledger: Open, battery: ModuleType) -> None:
    ledger = open_ledger()
    battery.fill(ledger, 10)
    checkpoint, path = make_checkpoint(ledger)
    assert read_checkpoint(path) == checkpoint
    assert ledger.state.checkpoints[-1]["size"] == checkpoint.size == 11
    lines = ledger.path.read_bytes().split(b"\n")
    shutil.rmtree(ledger.path.with_suffix(".d") / "checkpoints")
    ledger.path.write_bytes(b"\n".join(lines[:8]) + b"\n")
    assert verify(ledger.path).ok
    for kept in (checkpoint, read_words(" ".join(checkpoint.words()), checkpoint.size)):
        report = verify(ledger.path, checkpoint=kept)
        assert report.exit_code == 3
        assert "records 8 to 10 vanished" in report.problems[0]


def test_a_note_left_beside_a_cut_ledger_is_enough(open_ledger: Open, battery: ModuleType) -> None:
    ledger = open_ledger()
    battery.fill(ledger, 10)
    make_checkpoint(ledger)
    ledger.close()
    lines = ledger.path.read_bytes().split(b"\n")
    ledger.path.write_bytes(b"\n".join(lines[:8]) + b"\n")
    assert "vanished" in battery.judge(ledger.path.parent).problems[0]
    shutil.rmtree(ledger.path.parent / "state-ana")
    battery.refuses(ledger.path.parent)
    again = open_ledger()
    again.recover("the tail was lost in the crash")
    again.append("note", battery.comment("on"))
    assert battery.judge(ledger.path.parent).ok


@needs_ssh
def test_signed_records_and_notes(
    open_ledger: Open, battery: ModuleType, key: Path, tmp_path: Path
) -> None:
    ledger = open_ledger(sign=lambda data: ssh_signatures.sign_record(data, key))
    ledger.who = Who("ana", 1001, "bench-1", ssh_signatures.key_fingerprint(key))
    ledger.append("note", battery.comment("signed"))
    _, path = make_checkpoint(ledger, key=key)
    signature = path.with_name(path.name + ".sig").read_bytes()
    allowed = signers(tmp_path, key)
    assert ssh_signatures.check_signature(path.read_bytes(), signature, allowed, 10**15) == "ana"
    assert (
        ssh_signatures.check_signature(path.read_bytes() + b"x", signature, allowed, 10**15) == ""
    )
    assert verify(ledger.path).signatures == "not checked"
    report = verify(ledger.path, signers=allowed)
    assert (report.ok, report.signatures) == (True, "2 checked")
    for options in ('namespaces="file"', 'valid-before="20200101000000Z"'):
        report = verify(ledger.path, signers=signers(tmp_path, key, options))
        assert "signature that does not hold" in report.problems[0]
    ledger.who = Who("ana", 1001, "bench-1", "SHA256:another")
    ledger.append("note", battery.comment("under a false name"))
    report = verify(ledger.path, signers=signers(tmp_path, key))
    assert report.problems == ["record 3: is not signed by the key that it names"]


@needs_ssh
def test_a_policy_that_demands_signatures(
    open_ledger: Open, battery: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger = open_ledger()
    with monkeypatch.context() as lenient:
        lenient.setattr(LedgerState, "refuses", lambda *_: "")
        ledger.append("policy", battery.policy_body(ledger, "signed = true\n"))
    with pytest.raises(LedgerError, match="demands signed records"):
        ledger.append("note", battery.comment("unsigned"))
    ledger.state.refuses = lambda *_: ""  # type: ignore[method-assign]
    ledger.append("note", battery.comment("by another tool"))
    loose = battery.policy_body(ledger, "signed = false\n")
    ledger.append("policy", {**loose, "alone": "nobody else is here"})
    ledger.append("note", battery.comment("no longer demanded"))
    report = battery.judge(ledger.path.parent)
    assert [problem.split(":")[0] for problem in report.problems] == ["record 2", "record 3"]
    assert "not signed, as the policy demands" in report.problems[0]
    assert "loosened the policy (unsigned records are allowed)" in report.warnings[0]


def test_a_key_that_does_not_sign_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(LedgerError, match="no-such-key"):
        ssh_signatures.sign(b"x", tmp_path / "no-such-key")
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(LedgerError, match="ssh-keygen is not on this host"):
        ssh_signatures.sign(b"x", tmp_path / "key")


def test_a_proof_of_one_decision_needs_nothing_else(
    open_ledger: Open, battery: ModuleType, tmp_path: Path
) -> None:
    ledger = open_ledger()
    battery.fill(ledger, 9)
    ids = ledger.put_set(["a", "b"])
    body = builders.decision(
        verdict="clear", subject=builders.set_subject("set", ids), reason="C-OTHER"
    )
    record = ledger.append("decision", body)
    _, note = make_checkpoint(ledger)
    target = tmp_path / "proof.json"
    write_proof(ledger, record.id, target)
    proof = json.loads(target.read_text())
    assert holds(proof)
    script = battery.STANDALONE.with_name("proof.py")

    def run(*words: Any) -> int:
        arguments = [sys.executable, "-I", "-S", script, *words]
        return subprocess.run(arguments, capture_output=True, check=False).returncode

    assert run(target) == 0
    assert run(target, "--checkpoint", note) == 0
    head = battery.head_of(ledger)
    (tmp_path / "other.note").write_bytes(head.note())
    assert run(target, "--checkpoint", tmp_path / "other.note") == 3
    spoilt: list[dict[str, Any]] = [
        {"line": proof["line"].replace("clear", "watch")},
        {"index": proof["index"] - 1},
        {"path": proof["path"][1:]},
        {"root": "ab" * 32},
        {"sets": {name: text + '"c"\n' for name, text in proof["sets"].items()}},
        {"note": head.note().decode()},
    ]
    for change in spoilt:
        target.write_text(json.dumps({**proof, **change}))
        assert run(target) == 3, change
    with pytest.raises(LedgerError, match="no such record"):
        write_proof(ledger, "ab" * 16, tmp_path / "none.json")
