"""What weakens the rules of a case takes two people, or is stated until a second one agrees."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.batteries.ledger_forgeries import fake_key
from workbench.audit.errors import LedgerError
from workbench.audit.log.append import Ledger, Who
from workbench.audit.log.checkpoint_append import make_checkpoint
from workbench.audit.log.transfer import answer
from workbench.audit.records.account_sets import durable_write
from workbench.audit.records.canonical_json import sha256
from workbench.audit.records.identity import alike
from workbench.audit.records.look_alikes import LOOK_ALIKES
from workbench.audit.records.ssh_signatures import fingerprint
from workbench.audit.state import builders
from workbench.audit.state.state import LedgerState

Open = Callable[..., Ledger]
STRICT = 'signed = false\n[two_people]\nverdicts = ["flag"]\n[mask]\ncolumns = ["email"]\n'
_WEAKER = [
    'signed = false\n[mask]\ncolumns = ["email"]\n',
    'signed = false\n[two_people]\nverdicts = ["flag"]\n',
]


def _sits(ledger: Ledger, name: str, uid: int = 1001, host: str = "bench-1") -> Ledger:
    ledger.who, ledger.sign = Who(name, uid, host), None
    return ledger


def _key(name: str, **more: Any) -> dict[str, Any]:
    line, _ = fake_key(name)
    return builders.key("add", name, line, fingerprint(line), **more)


@pytest.mark.parametrize("weaker", _WEAKER)
def test_a_weaker_policy_waits_for_somebody_else(
    weaker: str, open_ledger: Open, battery: ModuleType
) -> None:
    ledger = open_ledger()
    ledger.append("policy", battery.policy_body(ledger, STRICT))
    strict = ledger.state.policy
    body = battery.policy_body(ledger, weaker)
    with pytest.raises(LedgerError, match="a second person must agree"):
        ledger.append("policy", body)
    asked = ledger.append("policy", {**body, "waits": True})
    assert ledger.state.policy == strict
    for name, uid in (("ana", 1002), ("аna", 1002), ("bo", 1001)):
        with pytest.raises(LedgerError, match="Somebody else"):
            answer(_sits(ledger, name, uid), asked.id, agree=True)
    assert "waits for a second person" in " ".join(ledger.state.statements())
    answer(_sits(ledger, "bo", 1002), asked.id, agree=True)
    assert ledger.state.policy != strict
    assert ledger.state.statements() == []
    report = battery.judge(ledger.path.parent)
    assert (report.ok, report.stated) == (True, [])
    assert any("ana loosened the policy" in one for one in report.warnings)
    assert [seq for seq, _, _ in report.in_force] == [1, 3]


def test_who_is_alone_says_so_until_a_second_agrees(open_ledger: Open, battery: ModuleType) -> None:
    ledger = open_ledger()
    ledger.append("policy", battery.policy_body(ledger, STRICT))
    loose = battery.policy_body(ledger, _WEAKER[0])
    made = ledger.append("policy", {**loose, "alone": "bo is ill"})
    assert not ledger.state.policy.two_people_verdicts
    (stated,) = ledger.state.statements()
    assert "by ana alone: bo is ill" in stated
    assert battery.judge(ledger.path.parent).stated == [stated]
    with pytest.raises(LedgerError, match="Somebody else"):
        answer(ledger, made.id, agree=True)
    answer(_sits(ledger, "bo", 1002), made.id, agree=True)
    assert ledger.state.statements() == battery.judge(ledger.path.parent).stated == []


def test_a_policy_that_nobody_agrees_to_is_taken_back(
    open_ledger: Open, battery: ModuleType
) -> None:
    ledger = open_ledger()
    ledger.append("policy", battery.policy_body(ledger, STRICT))
    strict = ledger.state.policy
    for end in ("refuse", "reversal"):
        body = {**battery.policy_body(ledger, _WEAKER[0]), "waits": True}
        asked = _sits(ledger, "ana").append("policy", body)
        if end == "refuse":
            answer(_sits(ledger, "bo", 1002), asked.id, agree=False)
        else:
            ledger.append("reversal", builders.reversal(asked.id, "C-OTHER"))
        with pytest.raises(LedgerError):
            answer(_sits(ledger, "cy", 1003), asked.id, agree=True)
    assert ledger.state.policy == strict
    assert battery.judge(ledger.path.parent).ok


def test_a_weaker_policy_by_another_tool_counts_for_nothing(
    open_ledger: Open, battery: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger = open_ledger()
    ledger.append("policy", battery.policy_body(ledger, STRICT))
    strict = ledger.state.policy
    with monkeypatch.context() as lenient:
        lenient.setattr(LedgerState, "refuses", lambda *_: "")
        ledger.append("policy", battery.policy_body(ledger, _WEAKER[0]))
    assert ledger.state.policy == strict
    assert "weakens the policy" in ledger.state.ignored[-1]["why"]


def test_signatures_are_not_demanded_before_somebody_can_sign(
    open_ledger: Open, battery: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger = open_ledger()
    signed = battery.policy_body(ledger, "signed = true\n")
    with pytest.raises(LedgerError, match="No key is enrolled"):
        ledger.append("policy", signed)
    line, ledger.sign = fake_key("ana")
    ledger.who = Who("ana", 1001, "bench-1", fingerprint(line))
    with monkeypatch.context() as lenient:
        lenient.setattr(LedgerState, "refuses", lambda *_: "")
        ledger.append("policy", signed)
        made = ledger.append("note", battery.comment("by any key"))
    with battery_without_tools(battery):
        report = battery.judge(ledger.path.parent)
    assert [one.partition(":")[0] for one in report.problems] == [f"record {made.seq}"]
    with pytest.raises(LedgerError, match="not enrolled"):
        ledger.append("note", battery.comment("by any key"))


def battery_without_tools(battery: ModuleType) -> Any:
    from tests.batteries.ledger_building import without_ssh_keygen

    return without_ssh_keygen()


def test_the_first_key_is_enrolled_by_two_or_it_is_said(
    open_ledger: Open, battery: ModuleType
) -> None:
    ledger = open_ledger()
    with pytest.raises(LedgerError, match="first key is enrolled by two"):
        ledger.append("key", _key("bo"))
    asked = ledger.append("key", _key("ana", waits=True))
    assert not ledger.state.ring().begun
    answer(_sits(ledger, "bo", 1002), asked.id, agree=True)
    assert ledger.state.statements() == battery.judge(ledger.path.parent).stated == []
    with pytest.raises(LedgerError, match="somebody else than whom it is for"):
        ledger.append("key", _key("bo"))
    ledger.append("key", _key("bo", alone="no colleague is here"))
    stated = ledger.state.statements()
    assert stated == battery.judge(ledger.path.parent).stated
    assert "by bo alone" in stated[0]


def test_one_person_who_holds_all_keys_is_stated(open_ledger: Open, battery: ModuleType) -> None:
    ledger = open_ledger()
    ledger.append("key", _key("ana", alone="I am the first"))
    ledger.append("key", _key("bo"))
    held = [one for one in ledger.state.statements() if "one person holds all keys" in one]
    assert held
    assert held[0] in battery.judge(ledger.path.parent).stated
    # Two keys at one login, both by one pair of hands, are one person.
    made = ledger.append("proposal", builders.proposal(battery.flag("acct-1")))
    ledger.who = Who("bo", 1001, "bench-1", fingerprint(fake_key("bo")[0]))
    with pytest.raises(LedgerError, match="somebody else"):
        answer(ledger, made.id, agree=True)


def test_nobody_revokes_a_colleague_s_key_alone(open_ledger: Open, battery: ModuleType) -> None:
    ledger = open_ledger()
    ledger.append("key", _key("ana", alone="I am the first"))
    ledger.append("key", _key("bo"))
    gone = fingerprint(fake_key("bo")[0])
    for alone in ("", "in haste"):
        with pytest.raises(LedgerError, match="revoked by two"):
            ledger.append("key", builders.key("revoke", "bo", "", gone, alone=alone))
    asked = ledger.append("key", builders.key("revoke", "bo", "", gone, waits=True))
    assert gone in ledger.state.ring().keys
    answer(_sits(ledger, "cy", 1003), asked.id, agree=True)
    assert gone not in ledger.state.ring().keys
    ledger.append("key", builders.key("revoke", "ana", "", fingerprint(fake_key("ana")[0]),
                                      waits=True))  # fmt: skip
    assert battery.judge(ledger.path.parent).ok


@pytest.mark.parametrize("kind", ["first", "own", "revoke", "policy"])
def test_what_does_not_wait_is_a_problem_to_both_verifiers(
    kind: str, open_ledger: Open, battery: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger = open_ledger()
    if kind != "first":
        ledger.append("key", _key("bo", alone="so"))
    monkeypatch.setattr(LedgerState, "refuses", lambda *_: "")
    if kind == "revoke":
        body = builders.key("revoke", "bo", "", fingerprint(fake_key("bo")[0]))
    elif kind == "policy":
        line, ledger.sign = fake_key("bo")
        ledger.who = Who("bo", 1001, "bench-1", fingerprint(line))
        ledger.append("policy", battery.policy_body(ledger, "signed = true\n"))
        body = battery.policy_body(ledger, "signed = false\n")
    else:
        body = _key("ana")
    made = ledger.append("policy" if kind == "policy" else "key", body)
    with battery_without_tools(battery):
        report = battery.judge(ledger.path.parent)
    assert [one.partition(":")[0] for one in report.problems] == [f"record {made.seq}"]


def test_a_note_signed_by_a_stranger_is_refused(open_ledger: Open, battery: ModuleType) -> None:
    ledger = open_ledger()
    ledger.append("key", _key("ana", alone="I am the first"))
    _, path = make_checkpoint(ledger)
    note = path.read_bytes()
    for name, problems in (("ana", 0), ("eve", 1)):
        _, sign = fake_key(name)
        sig = f"-----BEGIN SSH SIGNATURE-----\n{sign(b'')}\n-----END SSH SIGNATURE-----\n".encode()
        copy = path.with_name(f"9-{name}.note")
        durable_write(copy, note, 0o600)
        durable_write(copy.with_name(copy.name + ".sig"), sig, 0o600)
        body = {"size": 2, "root": ledger.tree.root(2).hex(), "note": copy.name,
                "note_sha256": sha256(note), "sig_sha256": sha256(sig)}  # fmt: skip
        ledger.append("checkpoint", body)
        assert len(battery.judge(ledger.path.parent).problems) == problems
    assert "which nobody enrolled" in battery.judge(ledger.path.parent).problems[0]


def _like(letter: str) -> tuple[str, ...]:
    wide = chr(ord(letter) + 0xFEE0)
    marked = (letter + "\u0301", letter + "\u200b")
    return (letter, letter.upper(), wide, *marked, *LOOK_ALIKES.get(letter, ""))


@given(st.text(st.sampled_from("abcdeilmnorsu01"), min_size=1, max_size=8), st.data())
def test_a_name_in_look_alikes_is_the_same_name(name: str, data: st.DataObject) -> None:
    spoofed = "".join(data.draw(st.sampled_from(_like(letter))) for letter in name)
    assert alike(name, spoofed)
    assert alike(spoofed, name)


def test_other_names_are_other_people() -> None:
    for one, other in (("ana", "bo"), ("maria", "mario"), ("li", "lee"), ("анна", "иван")):
        assert not alike(one, other)
