"""What is wrong with a saved query: form, statement, parameters, columns, order.

The gate stays the boundary; the linter is for quality. A finding is one sentence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from workbench.audit.state.policy import CLEAR_REASONS, FLAG_REASONS
from workbench.catalog.tables import TABLES
from workbench.engine.fixture import FixtureStore
from workbench.errors import WorkbenchError
from workbench.playbooks.format import LEVELS, SHIPPED, SavedQuery
from workbench.playbooks.library import Library

_CLOCKS = frozenset(
    {"now", "current_timestamp", "current_date", "today", "get_current_time", "random", "uuid",
     "gen_random_uuid", "setseed", "transaction_timestamp"}
)  # fmt: skip
_TRAIT_COLUMNS = ["account_id", "value", "n", "first_ts", "last_ts"]
_STAR = re.compile(r"\bselect\s+(distinct\s+)?\*|,\s*\*", re.IGNORECASE)
_ORDER = re.compile(r"\border\s+by\b", re.IGNORECASE)
_COMMENT = re.compile(r"--[^\n]*|/\*.*?\*/", re.DOTALL)
_NOT_PORTABLE = re.compile(r"\b(similar\s+to|glob|columns\s*\(|using\s+sample|tablesample)\b", re.I)
# From here on a hit is held against somebody: a stranger must be able to look up why.
_ALARMING = LEVELS[LEVELS.index("medium") :]
_STAND_INS: Mapping[str, Any] = {
    "int": 5, "float": 0.5, "bool": True, "text": "x", "enum": "x", "interval": "1 hour",
    "account": "a", "cluster": "c", "entity": "v", "account_list": ["a"],
    "timestamp": {"timestamp": "2026-05-01 00:00:00"}, "date": {"date": "2026-05-01"},
}  # fmt: skip


def empty_store() -> FixtureStore:
    """A case without rows: every documented table with its columns."""
    return FixtureStore(
        {
            name: [(column.name, column.type) for column in table.columns]
            for name, table in TABLES.items()
        }
    )


def lint(query: SavedQuery, library: Library, store: FixtureStore) -> Iterator[str]:
    """Everything that is wrong with one query; nothing is raised."""
    sql = _COMMENT.sub(" ", query.sql)
    try:
        inspection = store.inspect(query.sql)
    except WorkbenchError as error:
        yield f"it would be refused: {_first_line(error)}"
        return
    declared = {parameter.name for parameter in query.params}
    for name in sorted(declared - inspection.parameters):
        yield f"the parameter {name} is declared but not used"
    for name in sorted(inspection.parameters - declared):
        yield f"the parameter ${name} is used but not declared"
    for name in sorted(inspection.functions & _CLOCKS):
        yield f"{name}() gives another answer every time"
    if _STAR.search(sql):
        yield "SELECT * hides which columns there are"
    if _NOT_PORTABLE.search(sql):
        yield "it uses a form that other engines read differently"
    if query.kind in ("query", "page") and not _ORDER.search(sql) and not _is_one_row(sql):
        yield "without ORDER BY its digest does not repeat"
    yield from _lint_columns(query, store)
    yield from _lint_references(query, library)
    yield from _lint_form(query)


def _first_line(error: WorkbenchError) -> str:
    return error.message.splitlines()[0] if error.message else error.title


def _is_one_row(sql: str) -> bool:
    """An aggregate without GROUP BY, or a select of scalar subqueries, has one row."""
    return not re.search(r"\bgroup\s+by\b", sql, re.I) and bool(
        re.search(r"\b(count|sum|min|max)\s*\(", sql, re.I)
    )


def _lint_columns(query: SavedQuery, store: FixtureStore) -> Iterator[str]:
    values = {parameter.name: _STAND_INS[parameter.type] for parameter in query.params}
    try:
        names, _ = store.rows(query.sql, values)
    except WorkbenchError as error:
        yield f"it does not fit the tables: {_first_line(error)}"
        return
    if query.kind == "trait" and names != _TRAIT_COLUMNS:
        yield f"a link family returns {', '.join(_TRAIT_COLUMNS)}, not {', '.join(names)}"
    if len(set(names)) < len(names):
        yield "two columns of its result have the same name"
    for name in query.columns:
        if name not in names:
            yield f"[columns.{name}] is no column of its result"
    for step in query.next:
        for source in step.bind.values():
            if source.removeprefix("row.") not in names:
                yield f"the pivot to {step.query} binds {source}, which is no column"


def _lint_references(query: SavedQuery, library: Library) -> Iterator[str]:
    for step in query.next:
        target = library.queries.get(step.query)
        if target is None:
            yield f"the pivot names {step.query}, which is no query"
            continue
        for name in step.bind:
            if target.parameter(name) is None:
                yield f"the pivot to {step.query} binds {name}, which it has not"
    for hint in query.decide:
        if hint.reason and hint.reason not in (*FLAG_REASONS, *CLEAR_REASONS):
            yield f"{hint.reason} is no reason code"
    for table in query.needs_tables:
        if table not in TABLES:
            yield f"needs.tables names {table}, which is no table"
    for column in query.needs_columns:
        table, _, name = column.partition(".")
        known = TABLES.get(table)
        # The texts are columns of an exchanges extract and live in a table of their own.
        texts = TABLES["exchange_text"].names if table == "exchanges" else ()
        if known is None or (name not in known.names and name not in texts):
            yield f"needs.columns names {column}, which is no column"


def _lint_form(query: SavedQuery) -> Iterator[str]:
    if query.kind == "trait":
        if not query.family:
            yield "a link family needs its family"
        if not query.falsepositives:
            yield "a link family says who else shares such values"
        return
    if query.kind == "query":
        if not query.question:
            yield "it does not say which question it answers"
        if query.status == "stable" and not query.falsepositives:
            yield "a stable query says what else looks like this"
        if query.trust == SHIPPED and query.level in _ALARMING and not query.references:
            yield f"level {query.level} needs references: the public technique that it looks for"


def lint_playbooks(library: Library) -> Iterator[tuple[str, Path, str]]:
    """What is wrong with playbooks: steps that name no query, values that a query has not."""
    for playbook in library.playbooks.values():
        for number, step in enumerate(playbook.steps, 1):
            query = library.queries.get(step.query)
            if query is None:
                yield playbook.id, playbook.path, f"step {number} names {step.query}: no query"
                continue
            for name in step.params:
                if query.parameter(name) is None:
                    yield playbook.id, playbook.path, f"step {number}: {step.query} has no {name}"
            if step.mark and query.columns and step.mark not in query.columns:
                yield playbook.id, playbook.path, f"step {number} marks {step.mark}: no entity"
