"""Which tables a place in a statement can name, with their columns: for completion alone.

sqlglot reads the statement, also a half-written one, and knows scopes: aliases, CTEs, subqueries
and what an inner SELECT sees of the outer ones. What it cannot read falls back to the words after
FROM and JOIN. Neither decides whether a statement may run.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from workbench.sql.editor_tokens import tables_of

if TYPE_CHECKING:
    from sqlglot.optimizer.scope import Scope

# A longer statement is not read at each key: reading takes about 1 ms for 1,000 characters.
MAX_CHARACTERS = 8_000
_CURSOR = "zz_cursor_zz"


@dataclass(frozen=True)
class Relation:
    """Something with columns that has a name here; `table` is empty unless it is a stored one."""

    table: str
    columns: tuple[str, ...]


def relations_at(
    before: str, after: str, catalogue: Mapping[str, Sequence[str]]
) -> dict[str, Relation]:
    """Names in sight between two texts, lower case, the nearest first; `catalogue` has the columns
    of the stored tables."""
    return _scoped(before, after, catalogue) or {
        name: Relation(table, tuple(catalogue.get(table, ())))
        for name, table in tables_of(f"{before} {after}").items()
    }


def warm_up() -> None:
    """Import what reads statements, a tenth of a second that no key should wait for."""
    relations_at("SELECT ", " FROM t", {})


def _scoped(before: str, after: str, catalogue: Mapping[str, Sequence[str]]) -> dict[str, Relation]:
    import sqlglot
    from sqlglot.errors import ErrorLevel, SqlglotError
    from sqlglot.optimizer.scope import traverse_scope

    try:
        trees = sqlglot.parse(
            f"{before}{_CURSOR}{after}", read="duckdb", error_level=ErrorLevel.IGNORE
        )
        tree = next(filter(None, trees), None)
        scopes = traverse_scope(tree) if tree is not None else []
        return dict(_in_sight(scopes, catalogue))
    # A text that is half written breaks the parser in ways of its own; completion then knows less.
    except (SqlglotError, RecursionError, AttributeError, IndexError, KeyError, TypeError,
            ValueError):  # fmt: skip
        return {}


def _in_sight(
    scopes: Sequence[Scope], catalogue: Mapping[str, Sequence[str]]
) -> Iterator[tuple[str, Relation]]:
    """The relations of every SELECT around the cursor; an inner name hides an outer one."""
    seen = {_CURSOR}
    for scope in scopes:  # the innermost come first
        if not any(_is_cursor(node) for node in scope.expression.walk()):
            continue
        for name, source in scope.selected_sources.items():
            key = name.lower()
            if key and key not in seen:
                seen.add(key)
                yield key, _relation(source[1], catalogue)


def _is_cursor(node: object) -> bool:
    return getattr(node, "this", None) == _CURSOR


def _relation(source: object, catalogue: Mapping[str, Sequence[str]]) -> Relation:
    from sqlglot.optimizer.scope import Scope

    if isinstance(source, Scope):
        return Relation("", tuple(dict.fromkeys(_columns(source, catalogue))))
    table = str(getattr(source, "name", "")).lower()
    return Relation(table, tuple(catalogue.get(table, ())))


def _columns(scope: Scope, catalogue: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """The columns of a subquery or CTE, a star written out."""
    for name in getattr(scope.expression, "named_selects", ()):
        if name != "*":
            yield name
            continue
        for _, source in scope.selected_sources.values():
            yield from _relation(source, catalogue).columns
