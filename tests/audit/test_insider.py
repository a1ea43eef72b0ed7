"""What a dishonest insider tries who may write: both verifiers tell, and the state holds out."""

from __future__ import annotations

import json
import secrets
import shutil
import subprocess
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from workbench.audit.errors import LedgerError
from workbench.audit.log.append import Ledger
from workbench.audit.log.checkpoint_append import make_checkpoint
from workbench.audit.log.merge import merge, other_ledger
from workbench.audit.log.merkle import Tree
from workbench.audit.records import ssh_signatures
from workbench.audit.records.account_sets import SetFolder
from workbench.audit.records.canonical_json import canonical, seal, sha256
from workbench.audit.records.identity import Who
from workbench.audit.state import builders
from workbench.audit.state.policy import loosened, lost_policy, read_policy
from workbench.audit.state.state import LedgerState


def by_hand(ledger: Ledger, kind: str, body: dict[str, Any], patch: pytest.MonkeyPatch) -> str:
    """A record by a tool that refuses nothing; returns its id."""
    with patch.context() as lenient:
        lenient.setattr(LedgerState, "refuses", lambda *_: "")
        lenient.setattr(SetFolder, "unfit", lambda *_: "")
        return ledger.append(kind, body).id


def recovered(ledger: Ledger, battery: ModuleType) -> Ledger:
    """The ledger opened anew, recovered by hand, and opened again."""
    ledger.close()
    damaged: Ledger = battery.open_ledger(ledger.path.parent)
    damaged.recover("disk trouble")
    damaged.close()
    again: Ledger = battery.open_ledger(ledger.path.parent)
    return again


def forged(like: dict[str, Any], kind: str, body: dict[str, Any], seq: int, prev: str) -> bytes:
    """An unsigned line by a tool that writes what it likes."""
    fields = {name: value for name, value in like.items() if name != "h"}
    who = {**fields["who"], "key": ""}
    seen = {"size": 0, "root": Tree().root().hex()}
    fields |= {"id": secrets.token_hex(16), "type": kind, "body": body, "seq": seq, "prev": prev}
    return seal({**fields, "who": who, "seen": seen, "sig": ""})


def accounted(off: int, line: bytes) -> dict[str, Any]:
    """The body of a recovery that accounts for a line that does not follow."""
    found = {"what": "chain", "off": off, "len": len(line) - 1, "sha256": sha256(line[:-1])}
    return {"kind": "forced", "reason": "disk trouble", "ranges": [found]}


@pytest.mark.skipif(shutil.which("ssh-keygen") is None, reason="needs ssh-keygen")
@pytest.mark.parametrize("back_to", [2, 3, 5])
def test_numbers_that_come_again_excuse_no_missing_signature(
    battery: ModuleType, tmp_path: Path, back_to: int
) -> None:
    key = tmp_path / "ana"
    words = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)]
    subprocess.run(words, check=True)
    ledger: Ledger = battery.open_ledger(tmp_path)
    ledger.who = Who("ana", 1001, "bench-1", ssh_signatures.key_fingerprint(key))
    ledger.sign = partial(ssh_signatures.sign_record, key=key)
    public = key.with_suffix(".pub").read_text().strip()
    ledger.append("key", builders.key("add", "ana", public, ledger.who.key, alone="the first"))
    ledger.append("policy", battery.policy_body(ledger, "signed = true\n"))
    last = [ledger.append("note", battery.comment(f"after {n}")) for n in range(3)][-1]
    ledger.close()
    assert battery.judge(tmp_path).ok
    whole = ledger.path.read_bytes()
    line = forged(last.fields, "decision", battery.flag("victim"), back_to, last.h)
    body = accounted(len(whole), line)
    closing = forged(last.fields, "recovery", body, back_to + 1, json.loads(line)["h"])
    ledger.path.write_bytes(whole + line + closing)
    report = battery.judge(tmp_path)
    assert report.problems == [f"record {back_to}: is not signed, as the policy demands"]
    assert "disk trouble" in report.recovered[0]


TWO_PEOPLE = '[two_people]\nverdicts = ["flag"]\n'


def test_a_lost_policy_demands_more_not_less(
    battery: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger: Ledger = battery.open_ledger(tmp_path)
    ledger.append("policy", battery.policy_body(ledger, TWO_PEOPLE))
    by_hand(ledger, "decision", battery.flag("victim"), monkeypatch)
    text = ledger.sets.path(ledger.state.policies[-1]["set"])
    kept = text.read_bytes()
    text.unlink()
    ledger = recovered(ledger, battery)
    for verdict, reason in (("flag", "R-MULTI"), ("clear", "C-OTHER")):
        body = {**battery.flag("acct-1"), "verdict": verdict, "reason": reason}
        with pytest.raises(LedgerError, match="proposed and countersigned"):
            ledger.append("decision", body)
    assert ledger.state.current("victim") is None
    ledger.append("policy", {**battery.policy_body(ledger, ""), "alone": "its text is lost"})
    report = battery.judge(tmp_path)
    assert report.ok
    assert "record 1: the text of the policy that ana set is lost" in report.warnings[0]
    assert "one person may decide flag" in report.warnings[1]
    (named,) = report.recovered
    assert named.startswith("record 1: its list")
    assert named.endswith("given up by record 3 (forced, ana): disk trouble")
    text.write_bytes(kept)
    assert not battery.judge(tmp_path).recovered
    ledger.close()


@pytest.mark.parametrize("signed", [True, False])
def test_a_lost_policy_is_stricter_than_any(signed: bool) -> None:
    strict = read_policy(
        'signed = true\n[two_people]\nverdicts = ["flag", "clear"]\naccounts_over = 3\n'
        '[acts]\nclipboard = "off"\n'
    )
    less = loosened(strict, lost_policy(read_policy("signed = true"), signed=signed))
    assert less == ([] if signed else ["unsigned records are allowed"])


def test_a_list_longer_than_its_count_stands_for_nobody(
    battery: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger: Ledger = battery.open_ledger(tmp_path)
    ledger.append("policy", battery.policy_body(ledger, "[two_people]\naccounts_over = 5\n"))
    subject = builders.set_subject("set", ledger.put_set(f"acct-{n}" for n in range(50)))
    body = {**battery.flag("x"), "scope": "set", "subject": {**subject, "count": 1}}
    by_hand(ledger, "decision", body, monkeypatch)
    assert not battery.judge(tmp_path).ok
    ledger = recovered(ledger, battery)
    assert list(ledger.state.decisions_rows()) == []
    report = battery.judge(tmp_path)
    assert "has 50 lines, not 1; given up by record 3 (forced, ana)" in report.recovered[0]
    ledger.close()


def brings(ledger: Ledger, *lines: bytes) -> dict[str, Any]:
    """The body of a merge that brings these lines."""
    stored = ledger.put_list(line.decode("ascii") for line in lines)
    root = Tree().root().hex()
    return {
        "case": ledger.case_id, "size": 9, "root": root, "lines": stored.as_field(),
        "conflicts": None, "disputes": None, "reason": "weekly",
    }  # fmt: skip


def test_an_edit_that_was_undone_does_not_come_back_by_a_merge(
    battery: ModuleType, tmp_path: Path
) -> None:
    ledger: Ledger = battery.open_ledger(tmp_path)
    ledger.append("note", battery.comment("first"))
    acts = [builders.list_edit(act, "ip", "10.0.0.1", "allow", "why") for act in ("add", "remove")]
    added, _ = (ledger.append("list_edit", act) for act in acts)
    assert battery.judge(tmp_path).ok
    ledger.append("merge", brings(ledger, canonical(added.fields)))
    assert ledger.state.entity_lists() == []
    assert battery.judge(tmp_path).problems == [
        f"record 4: brings the record {added.id}, which this ledger has itself"
    ]
    ledger.close()


def two_ledgers(battery: ModuleType, tmp_path: Path) -> tuple[Ledger, Ledger]:
    """Ours, ana's, and theirs, bo's, of one case."""
    folders = [tmp_path / "ours", tmp_path / "theirs"]
    for folder in folders:
        folder.mkdir()
    return battery.open_ledger(folders[0]), battery.open_ledger(folders[1], "bo", 1002)


def test_a_merge_takes_no_other_record_for_one_it_has(battery: ModuleType, tmp_path: Path) -> None:
    """Who knows the id of a record to come could bring another under it, so that it stays out."""
    ours, theirs = two_ledgers(battery, tmp_path)
    theirs.append("note", battery.comment("first"))
    real = theirs.append("decision", battery.flag("acct-1"))
    fields = {name: value for name, value in real.fields.items() if name != "h"}
    bogus = seal({**fields, "body": battery.comment("nothing"), "type": "note"})[:-1]
    ours.append("note", battery.comment("before"))
    ours.append("merge", brings(ours, bogus))
    with pytest.raises(LedgerError, match=f"different records under the id {real.id}"):
        merge(ours, other_ledger(theirs.path, battery.CASE, tmp_path / "state"))
    assert battery.judge(ours.path.parent).ok
    ours.append("merge", brings(ours, canonical(real.fields)))
    assert battery.judge(ours.path.parent).problems == [
        f"record 3: brings another record under the id {real.id}"
    ]
    ours.close()
    theirs.close()


def rechained(lines: list[bytes], gone: int) -> bytes:
    """The lines without one of them; only number and link of the later ones are made to fit.

    A signature covers neither, but what its writer had seen it does cover.
    """
    prev, out = json.loads(lines[gone - 1])["h"], lines[:gone]
    for seq, line in enumerate(lines[gone + 1 :], json.loads(lines[gone])["seq"]):
        fields = {name: value for name, value in json.loads(line).items() if name != "h"}
        out.append(seal({**fields, "seq": seq, "prev": prev})[:-1])
        prev = json.loads(out[-1])["h"]
    return b"\n".join([*out, b""])


def test_a_recovery_excuses_nothing_after_it(battery: ModuleType, tmp_path: Path) -> None:
    """A ledger that was recovered once went on to accept what its writers never saw."""
    ledger: Ledger = battery.open_ledger(tmp_path)
    battery.fill(ledger, 6)
    lines = ledger.path.read_bytes().splitlines()
    ledger.path.write_bytes(b"\n".join([*lines[:2], *lines[3:], b""]))
    shutil.rmtree(tmp_path / "state-ana")
    ledger = recovered(ledger, battery)
    recovery = len(lines) - 1
    for number in range(6):
        ledger.append("note", battery.comment(f"later {number}"))
    make_checkpoint(ledger)
    ledger.close()
    assert battery.judge(tmp_path).ok
    whole = ledger.path.read_bytes().splitlines()
    for gone in range(recovery + 1, len(whole) - 1):
        ledger.path.write_bytes(rechained(whole, gone))
        shutil.rmtree(tmp_path / "state-ana", ignore_errors=True)
        problems = battery.judge(tmp_path).problems
        assert any("saw another ledger" in one for one in problems), gone
        assert any("checkpoint" in one for one in problems), gone
        battery.refuses(tmp_path)


def test_a_list_behind_a_merged_decision_is_looked_at(battery: ModuleType, tmp_path: Path) -> None:
    """Deleted, it stood for nobody: the decision was gone, and verification said intact."""
    ours, theirs = two_ledgers(battery, tmp_path)
    ours.append("note", battery.comment("first"))
    accounts = theirs.put_set(["acct-1", "acct-2"])
    subject = builders.set_subject("set", accounts)
    theirs.append("decision", {**battery.flag("x"), "scope": "set", "subject": subject})
    merge(ours, other_ledger(theirs.path, battery.CASE, tmp_path / "state"))
    assert battery.judge(ours.path.parent).ok
    ours.close()
    theirs.close()
    text = ours.sets.path(accounts.sha256)
    kept = text.read_bytes()
    for damaged in (kept.replace(b"acct-2", b"acct-3"), kept + b'"acct-9"\n', None):
        text.unlink() if damaged is None else text.write_bytes(damaged)
        (problem,) = battery.judge(ours.path.parent).problems
        assert problem.startswith("record 2: its list")
        battery.refuses(ours.path.parent)


def test_nothing_is_given_up_before_it_is_there(
    battery: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The name of a list follows from its accounts, so that its loss could be excused early."""
    ledger: Ledger = battery.open_ledger(tmp_path)
    ledger.append("note", battery.comment("first"))
    accounts = ledger.put_set(["acct-1", "acct-2"])
    early = {"what": "file", "off": 0, "len": 0, "sha256": accounts.sha256}
    body = {"kind": "forced", "reason": "disk trouble", "ranges": [early]}
    by_hand(ledger, "recovery", body, monkeypatch)
    subject = builders.set_subject("set", accounts)
    ledger.append("decision", {**battery.flag("x"), "scope": "set", "subject": subject})
    assert battery.judge(tmp_path).ok
    ledger.close()
    ledger.sets.path(accounts.sha256).unlink()
    assert not battery.judge(tmp_path).ok
    battery.refuses(tmp_path)
    recovered(ledger, battery).close()
    assert battery.judge(tmp_path).ok


def test_a_merge_does_not_bring_back_what_was_settled(battery: ModuleType, tmp_path: Path) -> None:
    """An old decision of a colleague counted as the newest where the merge told of no conflict."""
    ours, theirs = two_ledgers(battery, tmp_path)
    clears = [
        theirs.append("decision", {**battery.flag(name), "verdict": "clear", "reason": "C-OTHER"})
        for name in ("acct-1", "acct-2")
    ]
    ours.append("decision", battery.flag("acct-1"))
    ours.append("merge", brings(ours, *(canonical(one.fields) for one in clears)))
    verdicts = [ours.state.current(f"acct-{n}") for n in (1, 2)]
    assert [row and row.verdict for row in verdicts] == ["flag", "clear"]
    assert list(ours.state.conflicts) == ["acct-1"]
    # Decided anew there, with ours in sight, it is the newest.
    later = theirs.append(
        "decision", {**battery.flag("acct-1"), "verdict": "watch", "reason": "R-OTHER"}
    )
    ours.append("merge", brings(ours, canonical(later.fields)))
    settled = ours.state.current("acct-1")
    assert settled is not None
    assert settled.verdict == "watch"
    assert battery.judge(ours.path.parent).ok
    ours.close()
    theirs.close()
