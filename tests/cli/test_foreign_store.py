"""A store that holds what no load makes: every command refuses it, and says what it is."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb
import pytest

from tests.cli.conftest import Bench, commit_store
from workbench.case import examined
from workbench.case.folder import Case

COMMANDS = [
    ("info",), ("clusters",), ("account", "a-01"), ("sql", "SELECT md5('x')"),
    ("run", "clusters-list"), ("decide", "--account", "a-01", "--verdict", "watch", "--reason",
     "R-OTHER"), ("campaigns", "list"), ("audit", "replay"), ("clusters", "--rebuild"),
]  # fmt: skip


@pytest.fixture
def foreign(case: Path, _store: Path, tmp_path: Path) -> Path:
    """The small case, with `md5` as a macro that hides nothing."""
    store = tmp_path / "with-macro.duckdb"
    shutil.copyfile(_store, store)
    with duckdb.connect(str(store)) as connection:
        connection.execute("CREATE MACRO md5(x) AS x")
    commit_store(Case.open(case), store)
    return case


def _words(command: tuple[str, ...], case: Path) -> list[object]:
    group = 2 if command[0] in ("audit", "campaigns") else 1
    return [*command[:group], case, *command[group:]]


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_no_command_uses_a_store_that_no_load_made(
    bench: Bench, foreign: Path, command: tuple[str, ...]
) -> None:
    told = bench(*_words(command, foreign))
    assert told.code == 3, told
    assert "a macro “md5” that no load makes" in told.err
    assert (
        not (foreign / "audit.jsonl").exists()
        or "decision" not in (foreign / "audit.jsonl").read_text()
    )


def test_nothing_is_appended_to_such_a_store(bench: Bench, foreign: Path, tmp_path: Path) -> None:
    extract = tmp_path / "accounts.csv"
    extract.write_text("account_id,created_at\na-99,2026-05-01\n")
    told = bench("load", foreign, extract, "--append")
    assert told.code == 3
    assert "a macro “md5” that no load makes" in told.err


def test_a_store_is_looked_through_once(bench: Bench, case: Path) -> None:
    opened = Case.open(case)
    assert not examined.is_examined(opened.parts.paths, opened.state_dir())
    assert bench("sql", case, "SELECT 1").code == 0
    assert examined.is_examined(opened.parts.paths, opened.state_dir())
    opened.parts.data[0].touch()  # any change of the file, and it is looked through again
    assert not examined.is_examined(opened.parts.paths, opened.state_dir())
