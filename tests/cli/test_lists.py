"""`lists`: what analysts classed, in force until it is taken off."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Bench
from workbench.case.folder import Case
from workbench.case.generations import Staging, staged
from workbench.cli import load_progress
from workbench.cli.output import Talk
from workbench.settings import load_settings
from workbench.workers.host.load import Loaded, LoadOptions


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


def _list(bench: Bench, case: Path, value: str, until: str) -> None:
    ran = bench("lists", "add", case, "ip", value, "--role", "hub", "--reason", "x",
                "--until", until)  # fmt: skip
    assert ran.code == 0, ran.err


def test_clustering_gets_the_entries_that_have_not_lapsed(
    bench: Bench, case: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for value, until in (("10.0.0.1", ""), ("10.0.0.2", "2020-01-01"), ("10.0.0.3", "2200-01-01")):
        _list(bench, case, value, until)
    assert [entry["lapsed"] for entry in _entries(bench, case)] == [False, True, False]
    got: list[list[str]] = []

    def analyse(
        case: Case, staging: Staging, *_: object, overlay: list[dict[str, str]], **__: object
    ) -> str:
        got.append([entry["value"] for entry in overlay])
        staging.analysis_path.write_bytes(b"")
        return "r1"

    def load(path: Path, *_: object, analyse: Callable[..., str], **__: object) -> Loaded:
        opened = Case.open(path)
        with staged(opened) as staging:
            analyse(opened, staging, None)
        return Loaded(opened, {})

    monkeypatch.setattr(load_progress, "analyse_case", analyse)
    monkeypatch.setattr(load_progress, "load_case", load)
    load_progress.rebuild(case, load_settings(), Talk(quiet=True))
    load_progress.build(case, [], LoadOptions(), load_settings(), Talk(quiet=True))
    assert got == [["10.0.0.1", "10.0.0.3"]] * 2


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
