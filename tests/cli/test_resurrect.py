"""Resurrection: accounts that share what flagged ones had, here or in another case."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.cli.conftest import Bench, commit_store, write_store
from workbench.case.folder import Case

_TRAITS = """
INSERT INTO traits (account_id, family, value, n) VALUES
    ('a-00', 'instrument', 'card', 1), ('a-01', 'instrument', 'card', 1),
    ('a-35', 'instrument', 'card', 1), ('a-36', 'ip', '192.0.2.7', 1),
    ('a-00', 'ip', '192.0.2.7', 1)
"""
_STATS = """
INSERT INTO trait_stats SELECT family, value, count(*), ln(40 / count(*)), false
FROM traits GROUP BY family, value
"""


@pytest.fixture
def marked(tmp_path: Path) -> Path:
    """The small case, where an outsider pays with a member's card and another has an address."""
    store = tmp_path / "marked.duckdb"
    write_store(store)
    with duckdb.connect(str(store)) as connection:
        # Four hundred strangers make a shared card rare.
        connection.execute("INSERT INTO account_profile (account_id, exchanges) "
                           "SELECT format('s-{}', i), 1 FROM range(400) t(i)")  # fmt: skip
        connection.execute(_TRAITS)
        connection.execute(_STATS)
    root = tmp_path / "marked"
    commit_store(Case.create(root), store)
    return root


def _found(bench: Bench, case: Path, *more: object) -> dict[str, dict[str, Any]]:
    ran = bench("resurrect", case, "--format", "jsonl", *more)
    assert ran.code == 0, ran.err
    return {row["account_id"]: row for row in map(json.loads, ran.out.splitlines())}


def _flag(bench: Bench, case: Path) -> None:
    ran = bench("decide", case, "--account", "a-00", "--verdict", "flag", "--reason", "R-MULTI",
                "--counter", "none-found")  # fmt: skip
    assert ran.code == 0, ran.err


def test_a_card_of_a_flagged_account_is_enough_an_address_is_not(
    bench: Bench, marked: Path
) -> None:
    assert _found(bench, marked) == {}
    _flag(bench, marked)
    assert set(_found(bench, marked)) == {"a-01", "a-35"}


def test_decided_accounts_are_left_out(bench: Bench, marked: Path) -> None:
    _flag(bench, marked)
    bench("decide", marked, "--account", "a-35", "--verdict", "clear", "--reason", "C-OTHER")
    assert set(_found(bench, marked)) == {"a-01"}


def test_lists_and_other_cases_are_patterns_too(bench: Bench, marked: Path, tmp_path: Path) -> None:
    bench("lists", "add", marked, "instrument", "card", "--role", "known_bad", "--reason", "told")
    rows = _found(bench, marked)
    assert set(rows) == {"a-00", "a-01", "a-35"}
    assert {row["pattern"] for row in rows.values()} == {"known_bad"}

    _flag(bench, marked)
    patterns = tmp_path / "patterns.jsonl"
    bench("resurrect", marked, "--patterns", "--format", "jsonl", "-o", patterns)
    fresh = tmp_path / "fresh"
    commit_store(Case.create(fresh), Case.open(marked).parts.data[0])
    assert _found(bench, fresh) == {}
    for seen in (patterns, marked):
        assert set(_found(bench, fresh, "--seen", seen)) == {"a-00", "a-01", "a-35"}


def test_a_file_without_patterns_is_named_with_its_line(
    bench: Bench, marked: Path, tmp_path: Path
) -> None:
    bad = tmp_path / "bad.jsonl"
    bad.write_text('{"pattern":"C-X","family":"ip","value":"v","members":1,"accounts":1}\n{}\n')
    ran = bench("resurrect", marked, "--seen", bad)
    assert ran.code == 2
    assert "line 2" in ran.err
