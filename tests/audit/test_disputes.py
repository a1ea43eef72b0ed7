"""Opposite answers in two copies: in dispute on both sides until a record resolves them."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from workbench.audit.errors import LedgerError
from workbench.audit.log.append import Ledger
from workbench.audit.log.merge import merge, other_ledger
from workbench.audit.log.transfer import answer
from workbench.audit.state import builders

Copies = dict[str, Ledger]


@pytest.fixture
def proposed(battery: ModuleType, tmp_path: Path) -> Callable[..., tuple[Copies, list[str]]]:
    """Copies of one ledger, each with a seat of its own, that hold so many proposals of ana's."""

    def make(names: str = "bc", proposals: int = 1) -> tuple[Copies, list[str]]:
        copies: Copies = {}
        ids: list[str] = []
        source = tmp_path / "source"
        source.mkdir()
        ledger = battery.open_ledger(source)
        for number in range(proposals):
            body = builders.proposal(battery.flag(f"acct-{number}"))
            ids.append(ledger.append("proposal", body).id)
        ledger.close()
        for at, name in enumerate(names):
            folder = tmp_path / name
            folder.mkdir()
            (folder / "audit.jsonl").write_bytes((source / "audit.jsonl").read_bytes())
            copies[name] = battery.open_ledger(folder, name, 2000 + at)
        return copies, ids

    return make


def _merge(copies: Copies, into: str, other: str, tmp_path: Path) -> list[str]:
    copies[into].refresh()
    found = other_ledger(copies[other].path, copies[into].case_id, tmp_path / f"s-{into}-{other}")
    try:
        return merge(copies[into], found).disputes
    finally:
        found.close()


def _verdict(ledger: Ledger, account: str = "acct-0") -> str:
    row = ledger.state.current(account)
    return row.verdict if row else ""


@pytest.mark.parametrize("other", ["refuse", "reversal"])
@pytest.mark.parametrize("outcome", ["agree", "refuse"])
def test_opposite_answers_are_a_dispute_on_both_sides(
    other: str, outcome: str, proposed: Callable[..., tuple[Copies, list[str]]],
    battery: ModuleType, tmp_path: Path,
) -> None:  # fmt: skip
    copies, (made,) = proposed()
    answer(copies["b"], made, agree=True)
    if other == "refuse":
        answer(copies["c"], made, agree=False)
    else:
        copies["c"].append("reversal", builders.reversal(made, "C-OTHER"))
    assert (_verdict(copies["b"]), _verdict(copies["c"])) == ("flag", "")
    assert _merge(copies, "b", "c", tmp_path) == [made]
    assert _merge(copies, "c", "b", tmp_path) == [made]
    for ledger in copies.values():
        assert _verdict(ledger) == ""
        assert list(ledger.state.disputes) == [made]
        assert "opposite answers" in ledger.state.statements()[0]
        with pytest.raises(LedgerError, match="must be resolved"):
            ledger.append("countersign", builders.countersign(made, battery.flag("acct-0")))
    resolved = answer(copies["c"], made, agree=outcome == "agree")
    assert resolved.fields["type"] == "resolve"
    assert _merge(copies, "b", "c", tmp_path) == []
    for ledger in copies.values():
        assert _verdict(ledger) == ("flag" if outcome == "agree" else "")
        assert not ledger.state.disputes
        assert battery.judge(ledger.path.parent).ok


def test_the_author_resolves_nothing(
    proposed: Callable[..., tuple[Copies, list[str]]], battery: ModuleType, tmp_path: Path
) -> None:
    copies, (made,) = proposed()
    answer(copies["b"], made, agree=True)
    answer(copies["c"], made, agree=False)
    _merge(copies, "b", "c", tmp_path)
    copies["b"].who = battery.who("ana", 1001)
    with pytest.raises(LedgerError, match="Somebody else"):
        answer(copies["b"], made, agree=True)


def test_equal_answers_are_none(
    proposed: Callable[..., tuple[Copies, list[str]]], tmp_path: Path
) -> None:
    copies, (made,) = proposed()
    for ledger in copies.values():
        answer(ledger, made, agree=True)
    assert _merge(copies, "b", "c", tmp_path) == []
    assert _merge(copies, "c", "b", tmp_path) == []
    assert {_verdict(ledger) for ledger in copies.values()} == {"flag"}


@pytest.mark.parametrize("seed", range(12))
def test_any_order_of_merging_ends_in_one_state(
    seed: int, proposed: Callable[..., tuple[Copies, list[str]]], battery: ModuleType,
    tmp_path: Path,
) -> None:  # fmt: skip
    dice, damaged = random.Random(seed), False
    copies, ids = proposed("bcd", 3)
    for _ in range(30):
        name, target = dice.choice("bcd"), dice.choice(ids)
        act = dice.choice(("agree", "refuse", "reversal", "merge", "merge"))
        try:
            if act == "merge":
                _merge(copies, name, dice.choice([one for one in "bcd" if one != name]), tmp_path)
            elif act == "reversal":
                if target in copies[name].state.pending:
                    copies[name].append("reversal", builders.reversal(target, "C-OTHER"))
            else:
                answer(copies[name], target, agree=act == "agree")
        except LedgerError as error:
            damaged = damaged or error.exit_code != 1
    assert not damaged
    for into, other in ("bc", "bd", "cb", "db", "cd", "dc", "bc", "bd"):
        _merge(copies, into, other, tmp_path)
    states = [
        (set(ledger.state.disputes), {n: _verdict(ledger, f"acct-{n}") for n in range(3)})
        for ledger in copies.values()
    ]
    assert states[0] == states[1] == states[2]
    for ledger in copies.values():
        assert battery.judge(ledger.path.parent).ok
