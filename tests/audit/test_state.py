"""The state: a pure function of the ledger, whatever happened in it."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any
from unittest import mock

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from workbench.audit.errors import LedgerError
from workbench.audit.log.append import Ledger
from workbench.audit.log.merge import merge, other_ledger
from workbench.audit.log.transfer import answer
from workbench.audit.records.account_sets import SetFolder
from workbench.audit.records.identity import Who
from workbench.audit.state import builders, reducer
from workbench.audit.state.state import LedgerState

Open = Callable[..., Ledger]


def clear(account: str) -> dict[str, Any]:
    return builders.decision(
        verdict="clear", subject=builders.account_subject(account), reason="C-OTHER"
    )


def flag(subject: dict[str, Any]) -> dict[str, Any]:
    return builders.decision(
        verdict="flag", subject=subject, reason="R-MULTI", counter="none-found"
    )


def rederived(ledger: Ledger) -> LedgerState:
    state = LedgerState(ledger.sets.get)
    for record in ledger.records():
        reducer.apply(state, record.fields, record.offset)
    return state


def _state_of(state: LedgerState) -> dict[str, Any]:
    """All that a state knows beside its decisions, whatever of it a fingerprint covers."""
    return {k: v for k, v in vars(state).items() if k not in ("read_set", "decisions")}


def verdict_of(ledger: Ledger, account: str) -> str:
    row = ledger.state.current(account)
    return "" if row is None else row.verdict


def test_the_newest_decision_counts_and_undo_brings_back_the_one_before(
    open_ledger: Open,
) -> None:
    ledger = open_ledger()
    ledger.append("decision", clear("a"))
    ids = ledger.put_set(["a", "b", "line\nfeed"])
    flagged = ledger.append("decision", flag(builders.set_subject("cluster", ids, "k-1")))
    assert [verdict_of(ledger, name) for name in ("a", "b", "line\nfeed")] == ["flag"] * 3
    ledger.append("reversal", builders.reversal(flagged.id, "C-FALSE-LINK"))
    assert [verdict_of(ledger, name) for name in ("a", "b")] == ["clear", ""]
    assert [status for _, status in ledger.state.history("a")] == ["stands", "reversed"]
    with pytest.raises(LedgerError, match="was reversed before"):
        ledger.append("reversal", builders.reversal(flagged.id, "C-FALSE-LINK"))
    with pytest.raises(LedgerError, match="no decision"):
        ledger.append("reversal", builders.reversal("ab" * 16, "C-OTHER"))


def test_rows_have_the_shape_of_the_decisions_table(open_ledger: Open) -> None:
    ledger = open_ledger()
    record = ledger.append("decision", {**clear("a"), "expires": 77})
    ledger.append("proposal", builders.proposal(flag(builders.account_subject("a"))))
    rows = list(ledger.state.decisions_rows())
    assert rows[0]._fields == (
        "account_id", "verdict", "reason", "confidence", "analyst", "decided_at", "expires_at",
        "record_id", "pending",
    )  # fmt: skip
    assert rows[0] == ("a", "clear", "C-OTHER", "medium", "ana", record.fields["ts"], 77,
                       record.id, False)  # fmt: skip
    assert (rows[1].verdict, rows[1].pending) == ("flag", True)
    assert [status for _, status in ledger.state.history("a")] == ["stands", "pending"]


def test_a_proposal_counts_only_with_somebody_else(open_ledger: Open) -> None:
    ana, bo = open_ledger(), open_ledger("bo", 1002)
    proposal = ana.append("proposal", builders.proposal(flag(builders.account_subject("a"))))
    with pytest.raises(LedgerError, match="somebody else"):
        answer(ana, proposal.id, agree=True)
    with pytest.raises(LedgerError, match="somebody else"):
        answer(open_ledger("Ana", 1003), proposal.id, agree=True)
    bo.refresh()
    other_text = flag(builders.account_subject("b"))
    with pytest.raises(LedgerError, match="another text"):
        bo.append("countersign", builders.countersign(proposal.id, other_text))
    assert verdict_of(bo, "a") == ""
    answer(bo, proposal.id, agree=True)
    ana.refresh()
    assert verdict_of(ana, "a") == "flag"
    with pytest.raises(LedgerError, match="No proposal"):
        answer(bo, proposal.id, agree=True)


def test_a_refused_proposal_never_counts(open_ledger: Open) -> None:
    ana, bo = open_ledger(), open_ledger("bo", 1002)
    proposal = ana.append("proposal", builders.proposal(flag(builders.account_subject("a"))))
    bo.refresh()
    answer(bo, proposal.id, agree=False, note="the card is a test card")
    assert verdict_of(bo, "a") == ""
    assert not bo.state.pending


def test_a_proposal_can_be_withdrawn(open_ledger: Open) -> None:
    ana, bo = open_ledger(), open_ledger("bo", 1002)
    proposal = ana.append("proposal", builders.proposal(flag(builders.account_subject("a"))))
    ana.append("reversal", builders.reversal(proposal.id, "C-OTHER"))
    assert not ana.state.pending
    assert list(ana.state.decisions_rows()) == []
    bo.refresh()
    with pytest.raises(LedgerError, match="No proposal"):
        answer(bo, proposal.id, agree=True)


def test_what_needs_two_people_is_taken_back_by_two(
    open_ledger: Open, battery: ModuleType, tmp_path: Path
) -> None:
    ana, bo = open_ledger(), open_ledger("bo", 1002)
    many = builders.set_subject("set", ana.put_set("abc"))
    made = ana.append("decision", flag(many))
    small = ana.append("decision", flag(builders.account_subject("z")))
    ana.append("policy", battery.policy_body(ana, "[two_people]\naccounts_over = 2\n"))
    ana.append("reversal", builders.reversal(small.id, "C-OTHER"))
    assert verdict_of(ana, "z") == ""
    first = ana.append("reversal", builders.reversal(made.id, "C-FALSE-LINK"))
    assert verdict_of(ana, "a") == "flag"
    assert ana.state.undoing[made.id]["record"] == first.id
    with pytest.raises(LedgerError, match="back too: 3 accounts are more"):
        ana.append("reversal", builders.reversal(made.id, "C-FALSE-LINK"))
    bo.refresh()
    bo.append("reversal", builders.reversal(made.id, "C-OTHER"))
    assert [verdict_of(bo, name) for name in "abc"] == [""] * 3
    assert not bo.state.undoing
    with pytest.raises(LedgerError, match="was reversed before"):
        bo.append("reversal", builders.reversal(made.id, "C-OTHER"))
    assert battery.judge(tmp_path).ok


def test_a_looser_policy_lets_who_asked_take_it_back(
    open_ledger: Open, battery: ModuleType
) -> None:
    ana = open_ledger()
    made = ana.append("decision", flag(builders.account_subject("a")))
    ana.append("policy", battery.policy_body(ana, '[two_people]\nverdicts = ["flag"]\n'))
    ana.append("reversal", builders.reversal(made.id, "C-OTHER"))
    ana.append("policy", {**battery.policy_body(ana, ""), "alone": "nobody else"})
    ana.append("reversal", builders.reversal(made.id, "C-OTHER"))
    assert verdict_of(ana, "a") == ""


def test_the_policy_says_what_needs_two(open_ledger: Open, battery: ModuleType) -> None:
    ledger = open_ledger()
    text = '[two_people]\naccounts_over = 2\nreasons = ["R-OTHER"]\n'
    ledger.append("policy", battery.policy_body(ledger, text))
    few, many = ledger.put_set(["a", "b"]), ledger.put_set(["a", "b", "c"])
    ledger.append("decision", flag(builders.set_subject("set", few)))
    with pytest.raises(LedgerError, match="3 accounts are more than the 2"):
        ledger.append("decision", flag(builders.set_subject("set", many)))
    with pytest.raises(LedgerError, match="reason for clearing"):
        ledger.append("decision", {**flag(builders.account_subject("a")), "reason": "C-OTHER"})
    with pytest.raises(LedgerError, match="R-NOPE is not a reason code"):
        ledger.append("decision", {**flag(builders.account_subject("a")), "reason": "R-NOPE"})


def test_a_decision_that_bypassed_the_policy_is_pending(
    open_ledger: Open, battery: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger = open_ledger()
    ledger.append("policy", battery.policy_body(ledger, '[two_people]\nverdicts = ["flag"]\n'))
    with monkeypatch.context() as patch:
        patch.setattr(LedgerState, "refuses", lambda *_: "")
        patch.setattr(SetFolder, "unfit", lambda *_: "")
        record = ledger.append("decision", flag(builders.account_subject("a")))
    assert verdict_of(ledger, "a") == ""
    assert list(ledger.state.pending) == [record.id]
    bo = open_ledger("bo", 1002)
    answer(bo, record.id, agree=True)
    assert verdict_of(bo, "a") == "flag"


def test_an_unreadable_policy_does_not_loosen_the_one_before(
    open_ledger: Open, battery: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger = open_ledger()
    ledger.append("policy", battery.policy_body(ledger, '[two_people]\nverdicts = ["flag"]\n'))
    with pytest.raises(LedgerError, match="policy cannot be used"):
        ledger.append("policy", battery.policy_body(ledger, "two_people = ["))
    monkeypatch.setattr(LedgerState, "refuses", lambda *_: "")
    monkeypatch.setattr(SetFolder, "unfit", lambda *_: "")
    ledger.append("policy", battery.policy_body(ledger, "two_people = ["))
    ledger.append("policy", battery.policy_body(ledger, "unknown = 1"))
    assert ledger.state.policy.two_people_verdicts == {"flag"}


def test_claims_lists_and_campaigns(open_ledger: Open) -> None:
    ana, bo = open_ledger(), open_ledger("bo", 1002)
    ana.append("note", builders.note("claim", "cluster", "k-1"))
    with pytest.raises(LedgerError, match="ana holds the claim"):
        bo.append("note", builders.note("claim", "cluster", "k-1"))
    assert bo.state.claims["cluster:k-1"]["who"]["name"] == "ana"
    bo.append("note", builders.note("release", "cluster", "k-1"))
    with pytest.raises(LedgerError, match="Nobody has claimed"):
        bo.append("note", builders.note("release", "cluster", "k-1"))
    bo.append("note", builders.note("claim", "cluster", "k-1"))
    assert bo.state.claims["cluster:k-1"]["who"]["name"] == "bo"
    added = bo.append("list_edit", builders.list_edit("add", "ip", "10.0.0.1", "hub", "office"))
    bo.append("list_edit", builders.list_edit("add", "ip", "10.0.0.2", "allow", "vpn"))
    bo.append("list_edit", builders.list_edit("remove", "ip", "10.0.0.2", "allow", "gone"))
    assert [entry["value"] for entry in bo.state.entity_lists()] == ["10.0.0.1"]
    bo.append("reversal", builders.reversal(added.id, "C-OTHER"))
    assert bo.state.entity_lists() == []
    edit = bo.append("campaign_edit", builders.campaign_edit("name", "c-1", name="Heron"))
    assert [act["name"] for act in bo.state.campaign_edits_in_force()] == ["Heron"]
    bo.append("reversal", builders.reversal(edit.id, "C-OTHER"))
    assert bo.state.campaign_edits_in_force() == []


_ACCOUNTS = st.sampled_from("abcdef")
_OFTEN = ("decide", "decide", "decide", "bulk", "bulk", "propose", "propose", "answer")
_SELDOM = (
    "refuse",
    "reverse",
    "claim",
    "release",
    "comment",
    "list",
    "campaign",
    "policy",
    "merge",
)
# Long enough that accounts are decided out of order, answered, taken back, and merged.
_ACTS = st.lists(
    st.tuples(
        st.sampled_from((*_OFTEN, *_SELDOM)),
        st.sampled_from(["ana", "bo", "eve"]),
        _ACCOUNTS,
        st.integers(0, 6),
    ),
    min_size=10,
    max_size=30,
)


_REVERSIBLE = ("decision", "proposal", "list_edit", "campaign_edit")


class _Bench:
    """Two case folders and the analysts who act in them."""

    def __init__(self, battery: ModuleType, folder: Path) -> None:
        self.battery, self.folder = battery, folder
        self.ledgers: dict[tuple[str, int], Ledger] = {}

    def of(self, name: str, side: int, *, anew: bool = False) -> Ledger:
        key = (name, side)
        if anew or key not in self.ledgers:
            folder = self.folder / str(side)
            folder.mkdir(exist_ok=True)
            uid = 1000 + sum(map(ord, name))
            opened: Ledger = self.battery.open_ledger(folder, name, uid)
            if anew:
                return opened
            self.ledgers[key] = opened
        self.ledgers[key].refresh()
        return self.ledgers[key]

    def act(self, kind: str, name: str, account: str, number: int) -> None:
        ledger = self.of(name, number % 2)
        subject = builders.account_subject(account)
        if kind == "decide":
            ledger.append("decision", flag(subject) if number > 3 else clear(account))
        elif kind == "bulk":
            ids = ledger.put_set([account, *"ab\n"[:number]])
            ledger.append("decision", flag(builders.set_subject("set", ids)))
        elif kind == "propose":
            ledger.append("proposal", builders.proposal(flag(subject)))
        elif kind in ("answer", "refuse"):
            waiting = list(ledger.state.pending)
            answer(ledger, waiting[number % len(waiting)], agree=kind == "answer")
        elif kind == "reverse":
            ids_ = [r.id for r in ledger.records() if r.fields["type"] in _REVERSIBLE]
            ledger.append("reversal", builders.reversal(ids_[number % len(ids_)], "C-OTHER"))
        elif kind in ("claim", "release", "comment"):
            ledger.append("note", builders.note(kind, "account", account, str(number)))
        elif kind == "list":
            what = "add" if number % 3 else "remove"
            ledger.append("list_edit", builders.list_edit(what, "ip", account, "hub", "why"))
        elif kind == "campaign":
            ledger.append(
                "campaign_edit", builders.campaign_edit("name", account, name=str(number))
            )
        elif kind == "policy":
            text = f"[two_people]\naccounts_over = {number}\n"
            ledger.append("policy", self.battery.policy_body(ledger, text))
        else:
            other = self.of(name, 1 - number % 2)
            merge(ledger, other_ledger(other.path, self.battery.CASE, self.folder))


_UNDOING = st.lists(
    st.tuples(
        st.sampled_from(("bulk", "decide", "propose", "answer", "policy", "reverse", "reverse")),
        st.sampled_from(["ana", "bo"]),
        _ACCOUNTS,
        st.integers(0, 3).map(lambda number: 2 * number),
    ),
    min_size=4,
    max_size=16,
)


@settings(max_examples=60, deadline=None)
@given(_UNDOING)
@example([("bulk", "ana", "c", 2), ("policy", "bo", "a", 2), *[("reverse", "ana", "a", 0)] * 2])
@example([("bulk", "ana", "c", 2), ("policy", "bo", "a", 2),
          ("reverse", "ana", "a", 0), ("reverse", "bo", "a", 0)])  # fmt: skip
def test_nobody_takes_back_alone_what_needs_two(
    battery: ModuleType, acts: list[tuple[str, str, str, int]]
) -> None:
    """Whoever writes the records: no refusal of an append stands in the way here."""
    with tempfile.TemporaryDirectory() as folder:
        bench = _Bench(battery, Path(folder))
        with mock.patch.object(LedgerState, "refuses", return_value=""):
            for kind, name, account, number in acts:
                with contextlib.suppress(LedgerError, ZeroDivisionError):
                    bench.act(kind, name, account, number)
        for ledger in bench.ledgers.values():
            _check_undone(ledger)


def _check_undone(ledger: Ledger) -> None:
    """Every decision that needed two and counts no more was taken back by two."""
    state = LedgerState(ledger.sets.get)
    asked: dict[str, list[Who]] = {}
    for record in ledger.records():
        body, who = record.fields["body"], Who.of(record.fields["who"])
        target = body["record"] if record.fields["type"] == "reversal" else ""
        two, stood = state.two_to_undo(target), dict(state.reversed)
        reducer.apply(state, record.fields, record.offset)
        if not target:
            continue
        others = [one for one in asked.get(target, []) if not one.same_person(who)]
        if two and target in state.reversed and target not in stood:
            assert others
        asked.setdefault(target, []).append(who)


@settings(max_examples=40, deadline=None)
@given(_ACTS)
def test_the_incremental_state_is_the_one_derived_anew(
    battery: ModuleType, acts: list[tuple[str, str, str, int]]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        bench = _Bench(battery, Path(folder))
        for kind, name, account, number in acts:
            try:
                bench.act(kind, name, account, number)
            except (LedgerError, ZeroDivisionError):
                continue  # refused, or there was nothing to answer or reverse
        for ledger in bench.ledgers.values():
            ledger.refresh()
            assert not ledger.problems
            assert ledger.state.fingerprint() == rederived(ledger).fingerprint()
            if ledger.path.exists():
                assert battery.judge(ledger.path.parent).ok
            for row in ledger.state.decisions_rows():
                assert row.pending or ledger.state.current(row.account_id) == row
        # What is kept for the next start, taken up again and carried on, is the same once more.
        with mock.patch("workbench.audit.log.reader._KEEP_AFTER_RECORDS", 1):
            for (name, side), ledger in bench.ledgers.items():
                ledger.close()
                again = bench.of(name, side, anew=True)
                again.append("note", builders.note("comment", "case", "", "another day"))
                assert again.state.fingerprint() == rederived(again).fingerprint()
                assert _state_of(again.state) == _state_of(rederived(again))
                again.close()
