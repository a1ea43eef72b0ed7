"""`lists`: what analysts classed, in force until it is taken off."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.cli.conftest import Bench
from workbench.case import Case
from workbench.desk import Desk
from workbench.settings import load_settings


def _entries(bench: Bench, case: Path, *more: object) -> list[dict[str, Any]]:
    ran = bench("lists", "show", case, *more, "--format", "jsonl")
    assert ran.code == 0, ran.err
    return [json.loads(line) for line in ran.out.splitlines()]


def test_an_entry_is_in_force_until_it_is_taken_off(bench: Bench, case: Path) -> None:
    add = ("lists", "add", case, "ip", "10.0.0.1")
    added = bench(*add, "--role", "hub", "--reason", "office", "--until", "2027-03-31")
    assert added.code == 0, added.err
    assert bench("lists", "add", case, "domain", "x.example", "--role", "known_bad",
                 "--reason", "seen before").code == 0  # fmt: skip
    entry = _entries(bench, case, "--family", "ip")[0]
    assert (entry["role"], entry["until"]) == ("hub", "2027-03-31 00:00:00")
    assert bench(*add, "--role", "allow", "--reason", "checked").code == 0
    assert [one["role"] for one in _entries(bench, case)] == ["known_bad", "allow"]
    remove = ("lists", "remove", case, "ip", "10.0.0.1", "--reason", "moved out")
    assert bench(*remove).code == 0
    assert [one["family"] for one in _entries(bench, case)] == ["domain"]
    assert bench(*remove).code == 1
    assert bench("audit", "verify", case).code == 0


def test_what_clustering_reads_is_what_is_shown(bench: Bench, case: Path) -> None:
    bench("lists", "add", case, "ip", "10.0.0.1", "--role", "hub", "--reason", "office")
    desk = Desk(Case.open(case), load_settings())
    read = desk.ledger().state.entity_lists()
    desk.close()
    assert read == _entries(bench, case)


def test_a_reversal_takes_an_edit_back(bench: Bench, case: Path) -> None:
    record = bench("lists", "add", case, "ip", "10.0.0.1", "--role", "hub", "--reason", "x").first
    assert bench("reverse", case, record, "--reason", "C-OTHER").code == 0
    assert _entries(bench, case) == []


def test_a_family_that_is_none_is_refused(bench: Bench, case: Path) -> None:
    ran = bench("lists", "add", case, "adress", "10.0.0.1", "--role", "hub", "--reason", "x")
    assert ran.code == 2
    assert "Families:" in ran.err
    blank = bench("lists", "add", case, "ip", "10.0.0.1", "--role", "hub", "--reason", " ")
    assert blank.code == 2
    assert not (case / "audit.jsonl").exists()
