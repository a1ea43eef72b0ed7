"""Lists of ids: any text survives, any change is noticed."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.audit.errors import DamagedError, LedgerError
from workbench.audit.log.append import Ledger
from workbench.audit.log.verify import verify
from workbench.audit.records.account_sets import read_lines, spell
from workbench.audit.state.policy import Policy, read_policy, spell_policy

Open = Callable[..., Ledger]
_TEXT = st.text(alphabet=st.characters(), max_size=12)


@given(st.lists(_TEXT))
def test_any_ids_come_back_and_the_file_is_safe_to_show(values: list[str]) -> None:
    data = spell(values)
    assert read_lines(data) == values
    assert data.count(b"\n") == len(values)
    assert all(byte == 10 or 0x20 <= byte < 0x7F for byte in data)


@given(st.binary(max_size=60))
def test_any_bytes_are_read_as_one_spelling_or_refused(data: bytes) -> None:
    try:
        values = read_lines(data)
    except (ValueError, RecursionError):
        return
    assert spell(values) == data


def test_a_set_is_sorted_and_its_order_of_arrival_does_not_matter(open_ledger: Open) -> None:
    ledger = open_ledger()
    ref = ledger.put_set(["b", "a", "b", "\ud800", "x\ny"])
    assert ref.count == 4
    assert ledger.put_set(["\ud800", "x\ny", "a", "b"]) == ref
    assert ledger.sets.get(ref.sha256) == ["a", "b", "x\ny", "\ud800"]


def test_a_full_disk_leaves_no_half_set(
    open_ledger: Open, battery: ModuleType, tmp_path: Path
) -> None:
    ledger = open_ledger()
    with battery.file_size_limit(100), pytest.raises(LedgerError, match="could not be stored"):
        ledger.put_set(f"account-{i}" for i in range(100))
    assert list((tmp_path / "audit.d" / "sets").iterdir()) == []


def test_a_failed_sync_of_a_set_is_no_success(
    open_ledger: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger = open_ledger()

    def fail(handle: int) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(LedgerError, match="Input/output error"):
        ledger.put_set(["a"])


def test_a_lost_set_is_named_and_can_be_accepted(open_ledger: Open, battery: ModuleType) -> None:
    ledger = open_ledger()
    battery.fill(ledger, 5)
    ledger.close()
    (lost,) = (ledger.path.with_suffix(".d") / "sets").iterdir()
    lost.unlink()
    report = battery.judge(ledger.path.parent)
    assert report.problems[0].startswith("record 4: its list")
    with pytest.raises(DamagedError):
        ledger.sets.get(lost.stem)
    battery.refuses(ledger.path.parent)
    again = open_ledger()
    again.recover("the list was not in the backup")
    again.append("note", battery.comment("on"))
    again.close()
    assert battery.judge(ledger.path.parent).ok
    assert verify(ledger.path).recovered


def test_a_list_behind_the_evidence_of_one_account_is_looked_at(
    open_ledger: Open, battery: ModuleType
) -> None:
    """Most decisions on one account need no parsing to be verified; this one does."""
    ledger = open_ledger()
    evidence = battery.rests_on(ledger, "ab" * 32, "cd" * 32)
    ledger.append("decision", battery.flag("acct-1", evidence))
    sources = {**evidence, "params": {}, "sources": evidence["params"]["a"]}
    ledger.append("decision", battery.flag("acct-2", sources))
    (named,) = (ledger.path.with_suffix(".d") / "sets").iterdir()
    named.write_bytes(named.read_bytes().replace(b"cdcd", b"cdce"))
    assert "record 1: its list" in battery.judge(ledger.path.parent).problems[0]
    battery.refuses(ledger.path.parent)


def test_the_shipped_policy_comes_back_from_its_own_text() -> None:
    policy = read_policy(spell_policy(Policy()))
    assert policy == Policy(digest=policy.digest)
    assert {"R-MULTI", "C-OTHER"} < set(policy.reasons)
    strict = Policy(frozenset(["R-OTHER"]), frozenset(["flag"]), 9, frozenset(), "off", True)
    again = read_policy(spell_policy(strict))
    assert again == replace(strict, digest=again.digest)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("signed = 1", "signed"),
        ("[two_people]\naccounts_over = -1", "accounts_over"),
        ('[two_people]\nverdicts = ["flog"]', "verdicts"),
        ('[acts]\nclipboard = "sometimes"', "clipboard"),
        ("[acts]\ncliboard = 1", "acts.cliboard"),
        ("two_people = 3", "two_people"),
        ("x = ", "Invalid value"),
    ],
)
def test_a_policy_that_is_off_names_the_field(text: str, named: str) -> None:
    with pytest.raises(LedgerError, match=named):
        read_policy(text)
