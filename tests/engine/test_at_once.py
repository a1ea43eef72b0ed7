"""Jobs of one session at once: each sees whole tables, and nobody else's connection."""

from __future__ import annotations

import ast
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import duckdb
import pytest

from workbench.case.store_parts import StoreParts
from workbench.engine import session as module
from workbench.engine.session import Session, SessionLimits

ROUNDS = 25


@pytest.fixture
def session(store: Path, tmp_path: Path) -> Iterator[Session]:
    made = Session(StoreParts.of(store), tmp_path, SessionLimits(512, 2, 1024))
    yield made
    made.close()


@pytest.fixture
def parquet(tmp_path: Path) -> Path:
    path = tmp_path / "over.parquet"
    duckdb.execute(f"COPY (SELECT 1 AS c) TO '{path}'")
    return path


def beside(session: Session, work: Callable[[int], None]) -> None:
    """Call `work` again and again while four other jobs open cursors, inspect and read tables."""
    done = threading.Event()

    def read() -> None:
        while not done.is_set():
            with session.cursor() as cursor:
                assert cursor.execute("SELECT count(*) FROM accounts").fetchone() == (1000,)
            session.inspect("SELECT count(*) FROM accounts")
            assert "accounts" in sorted(session.catalogue)

    with ThreadPoolExecutor(4) as pool:
        readers = [pool.submit(read) for _ in range(4)]
        try:
            for number in range(ROUNDS):
                work(number)
        finally:
            done.set()
        for reader in readers:
            reader.result()


def test_a_table_is_laid_over_while_cursors_open(session: Session, parquet: Path) -> None:
    beside(session, lambda number: session.lay_over(f"over_{number}", parquet))
    with session.cursor() as cursor:
        for number in range(ROUNDS):
            assert cursor.execute(f"SELECT c FROM over_{number}").fetchone() == (1,)


def test_columns_are_masked_while_cursors_open(session: Session) -> None:
    beside(session, lambda number: session.mask(["prompt"] if number % 2 else [], ["acct-1"]))
    session.mask(["prompt"], [])
    with session.cursor() as cursor:
        (shown,) = cursor.execute("SELECT min(prompt) FROM exchanges").fetchone() or ("",)
    assert shown.startswith("‹masked ")


def test_a_job_that_began_keeps_the_tables_it_saw(session: Session, parquet: Path) -> None:
    seen = session.catalogue
    session.lay_over("later", parquet)
    assert "later" not in seen
    assert "later" in session.catalogue


def test_a_view_that_cannot_be_read_is_not_laid_over(session: Session, tmp_path: Path) -> None:
    with pytest.raises(duckdb.Error):
        session.lay_over("broken", tmp_path / "missing.parquet")
    with session.cursor() as cursor:
        assert cursor.execute("SELECT 1").fetchone() == (1,)


def test_only_its_owner_touches_the_root_connection() -> None:
    tree = ast.parse(Path(module.__file__).read_text(encoding="utf-8"))
    opened = {
        owner.name
        for owner in ast.walk(tree)
        if isinstance(owner, ast.ClassDef)
        for node in ast.walk(owner)
        if isinstance(node, ast.Attribute) and node.attr == "_connection"
    }
    assert opened == {"Root"}
