"""Tests of saved queries: rows in, rows out.

Beside the `[[test]]` of its header a shipped query has `<fixtures>/<id>.toml`: tables as text and
the exact rows that come out of them. It lies outside the query's file because evidence binds that
file's digest: a better test must not look like another query.
"""

from __future__ import annotations

import datetime
import json
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from workbench.engine.fixture import FixtureStore
from workbench.errors import UsageError, WorkbenchError
from workbench.playbooks.binding import ExtractSpan, bind
from workbench.playbooks.format import SHIPPED, QueryTest, SavedQuery, Source

# What relative times such as `-30d` count from.
SPAN = ExtractSpan(
    datetime.datetime(2026, 4, 22),  # noqa: DTZ001 - times of a case are naive UTC
    datetime.datetime(2026, 6, 5),  # noqa: DTZ001
)
Row = dict[str, str | None]
_CELL = re.compile(r'[ ]*("(?:[^"]|"")*"|[^|\n]*?)[ ]*([|\n])')


@dataclass(frozen=True)
class TextTable:
    """A table written as text: names of columns, and cells; None is NULL."""

    names: tuple[str, ...] = ()
    rows: tuple[tuple[str | None, ...], ...] = ()

    @classmethod
    def read(cls, text: str) -> TextTable:
        """Cells between `|`, the first line names the columns.

        `NULL` is no value and nothing an empty text; a cell between double quotes may hold `|`,
        `NULL` and line ends. Raises ValueError for a row of another length.
        """
        lines: list[tuple[str | None, ...]] = []
        cells: list[str | None] = []
        for match in _CELL.finditer(text.strip("\n") + "\n"):
            cell, end = match.groups()
            cells.append(_cell(cell))
            if end == "\n":
                lines += [tuple(cells)] if cell or len(cells) > 1 else []
                cells = []
        names, rows = tuple(str(name) for name in lines[0]) if lines else (), tuple(lines[1:])
        for row in rows:
            if len(row) != len(names):
                raise ValueError(f"{len(row)} cells where {len(names)} are named: {row}")
        return cls(names, rows)

    def records(self) -> list[Row]:
        """The rows by name of column."""
        return [dict(zip(self.names, row, strict=True)) for row in self.rows]


def _cell(text: str) -> str | None:
    if text.startswith('"'):
        return text[1:-1].replace('""', '"')
    return None if text == "NULL" else text


@dataclass(frozen=True)
class RowTest:
    """One `[[case]]`: what it says of the query, the rows of each table, the rows wanted.

    `rows` need not name every column of the result; those that it names are compared. Where they
    are but `some` of the rows, the others are left out before.
    """

    says: str
    rows: str
    params: dict[str, Any] = field(default_factory=dict)
    tables: dict[str, str] = field(default_factory=dict)
    some: bool = False

    def fill(self, store: FixtureStore) -> None:
        """Put the rows of every table into an emptied store; raises ValueError, KeyError."""
        store.clear()
        for name, text in self.tables.items():
            store.put(name, TextTable.read(text).records())


def read_row_tests(path: Path) -> tuple[RowTest, ...]:
    """The cases of a fixture file; the file's `[tables]` are those of every case without its own.

    Raises UsageError naming the file and what is wrong.
    """
    source = Source(path)
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise UsageError(f"{path} cannot be read: {error}") from error
    source.only(values, ("tables", "case"), "field")
    shared = source.typed(values.get("tables", {}), dict, "tables")
    tests = source.build_all(RowTest, values.get("case", []), "case")
    for test in tests:
        source.texts([*shared.values(), *test.tables.values()], "tables")
    return tuple(replace(test, tables={**shared, **test.tables}) for test in tests)


def fixture_of(query: SavedQuery, fixtures: Path) -> Path:
    """Where the row tests of a query lie."""
    return fixtures / f"{query.id}.toml"


def run_tests(query: SavedQuery, store: FixtureStore, fixtures: Path) -> Iterator[str]:
    """Run a query's tests on fixture rows; yields what is not as expected."""
    for number, test in enumerate(query.tests, 1):
        try:
            load_fixture(store, fixtures / f"{test.fixture}.json")
            given = bind(query, test.params, SPAN)
            names, rows = store.rows(query.sql, given)
        except (WorkbenchError, KeyError) as error:
            yield f"test {number} cannot run: {error}"
            continue
        yield from _compare_loosely(number, test, names, rows)
    if query.trust != SHIPPED:
        return
    path = fixture_of(query, fixtures)
    if not path.is_file():
        yield f"it has no rows to be tested on: write {path.name} beside the other fixtures"
        return
    try:
        tests = read_row_tests(path)
    except UsageError as error:
        yield error.message
        return
    for case in tests:
        yield from (f"{path.name}, “{case.says}”: {what}" for what in run_case(query, case, store))


def run_case(query: SavedQuery, test: RowTest, store: FixtureStore) -> Iterator[str]:
    """Run one case on an emptied store; yields what is not as expected."""
    try:
        test.fill(store)
    except (ValueError, KeyError) as error:
        yield f"its tables cannot be read: {error}"
        return
    yield from differences(query, test, store)


def differences(query: SavedQuery, test: RowTest, store: FixtureStore) -> Iterator[str]:
    """Run a query on rows that are already there; yields what is not as expected."""
    try:
        wanted = TextTable.read(test.rows)
        names, found = store.rows(query.sql, bind(query, test.params, SPAN))
    except (WorkbenchError, ValueError) as error:
        yield f"it cannot run: {error}"
        return
    if unknown := [name for name in wanted.names if name not in names]:
        yield f"its result has no column {', '.join(unknown)}"
        return
    places = [names.index(name) for name in wanted.names]
    shown = [tuple(row[place] for place in places) for row in found]
    if test.some:
        shown = [row for row in shown if tuple(_text_of(row)) in wanted.rows]
    if len(shown) != len(wanted.rows):
        yield f"{len(shown)} rows instead of {len(wanted.rows)}"
        return
    ordered = [*wanted.rows]
    if query.kind in ("trait", "count"):  # a set: the clustering orders it itself
        shown, ordered = sorted(shown, key=_text_of), sorted(ordered, key=_text_of)
    for number, (row, cells) in enumerate(zip(shown, ordered, strict=True), 1):
        for name, value, cell in zip(wanted.names, row, cells, strict=True):
            if not same(value, cell):
                yield f"row {number}: {name} is {text_of(value)}, not {text_of(cell)}"


def _text_of(row: tuple[Any, ...]) -> list[str]:
    return [text_of(value) for value in row]


def text_of(value: Any) -> str:
    """A value as a cell of a fixture shows it."""
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime.datetime):
        return value.isoformat(sep=" ")
    if isinstance(value, list | dict):
        return json.dumps(value, default=str, ensure_ascii=False)
    return str(value)


def same(value: Any, cell: str | None) -> bool:
    """Whether a value is what the cell says; a number to as many decimals as the cell has."""
    if value is None or cell is None:
        return value is None and cell is None
    if isinstance(value, float):
        try:
            wanted = float(cell)
        except ValueError:
            return False
        decimals = len(cell.partition(".")[2])
        return value == wanted or (decimals > 0 and abs(value - wanted) <= 0.5 * 10.0**-decimals)
    return text_of(value) == cell


def load_fixture(store: FixtureStore, path: Path) -> None:
    """Put the rows of a fixture file (a JSON object of tables) into an emptied store."""
    try:
        tables: dict[str, list[dict[str, Any]]] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UsageError(f"The fixture {path.name} cannot be read: {error}") from error
    store.clear()
    for table, rows in tables.items():
        store.put(table, rows)


def _compare_loosely(
    number: int, test: QueryTest, names: list[str], rows: list[tuple[Any, ...]]
) -> Iterator[str]:
    if test.rows is not None and len(rows) != test.rows:
        yield f"test {number}: {len(rows)} rows instead of {test.rows}"
    if test.min_rows is not None and len(rows) < test.min_rows:
        yield f"test {number}: {len(rows)} rows, fewer than {test.min_rows}"
    if test.contains:
        found = [dict(zip(names, row, strict=True)) for row in rows]
        if not any(
            all(str(row.get(name)) == str(value) for name, value in test.contains.items())
            for row in found
        ):
            yield f"test {number}: no row with {test.contains}"
