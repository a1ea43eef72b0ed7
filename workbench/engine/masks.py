"""What stands in for masked cells, as views that stand before the tables of a case.

A stand-in is keyed: an inner and an outer SHA-256, each over a key block of its own, as HMAC does
it, so that nobody without the key can tell whether a guess is right. The key is no part of any
view: it is a variable of the cursor, and what may be called or read does not reach it. A plan shows
variables as values; so the cursor of a plan gets a key that is thrown away.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

import duckdb

from workbench.catalog.entities import hides, shown_columns, shown_families
from workbench.engine.contract import ResultColumn
from workbench.engine.syntax_tree import ascii_lower
from workbench.sql.quoting import identifier, literal

_INNER, _OUTER = "mask_inner", "mask_outer"
_DIGITS = 16  # hexadecimal: 64 bits

Cells = dict[str, str]


@dataclass(frozen=True, slots=True)
class MaskKey:
    """The two key blocks, each as long as a block of SHA-256."""

    inner: str
    outer: str

    @classmethod
    def of(cls, secret: str) -> MaskKey:
        """The blocks of a secret; of an empty one, blocks that nobody knows."""
        chosen = secret or secrets.token_hex(32)
        return cls(*(_block(side, chosen) for side in ("inner", "outer")))

    def give(self, cursor: duckdb.DuckDBPyConnection) -> None:
        """Let the views of this cursor use the key."""
        for name, block in ((_INNER, self.inner), (_OUTER, self.outer)):
            cursor.execute(f"SET VARIABLE {name} = $block", {"block": block})

    def stand_in(self, value: str) -> str:
        """What stands for a text."""
        return f"‹masked {self._digits(value)[:_DIGITS]}›"

    def _digits(self, value: str) -> str:
        inner = hashlib.sha256((self.inner + value).encode("utf-8", "surrogatepass")).hexdigest()
        return hashlib.sha256((self.outer + inner).encode("ascii")).hexdigest()


def _block(side: str, secret: str) -> str:
    return hashlib.sha256(f"{side} {secret}".encode()).hexdigest()


def masked_cells(
    columns: Sequence[tuple[str, str]], hidden: Collection[str], shown: Collection[str]
) -> Cells:
    """What a view says instead of each hidden column of a table of (name, type) columns.

    `hidden` are the columns that the policy masks; hidden with them is whatever names the same
    entity: by a column's own name, or by the family that another column of the row tells.
    `shown` are accounts whose rows are seen as they are.
    """
    if not hidden:
        return {}
    names = {name.lower() for name, _ in columns}
    seen = [f"account_id IN ({_listed(shown)})"] if shown and "account_id" in names else []
    cells: Cells = {}
    for name, kind in columns:
        if hides(name, hidden):
            cells[name] = _unless(seen, name, _stand_in(name, kind))
        elif name.lower() == "value" and "family" in names:
            known = f"family IN ({_listed(shown_families(hidden))})"
            as_number = f"WHEN family = 'prompt' THEN CAST({_number(identifier(name))} AS VARCHAR)"
            cells[name] = _unless([*seen, known], name, _text(identifier(name)), as_number)
        elif name.lower() == "example" and "column_name" in names:
            known = f"column_name IN ({_listed(shown_columns(hidden))})"
            cells[name] = _unless([*seen, known], name, _text(identifier(name)))
    return cells


def replacing(cells: Cells) -> str:
    """What a view selects to hide these cells."""
    if not cells:
        return "*"
    return (
        f"* REPLACE ({', '.join(f'{term} AS {identifier(name)}' for name, term in cells.items())})"
    )


def _unless(seen: list[str], name: str, stand_in: str, other: str = "") -> str:
    if not seen and not other:
        return stand_in
    shown = f"WHEN {' OR '.join(seen)} THEN {identifier(name)} " if seen else ""
    return f"CASE {shown}{other} ELSE {stand_in} END"


def _stand_in(name: str, kind: str) -> str:
    column = identifier(name)
    if kind == "BIGINT":
        return _number(f"CAST({column} AS VARCHAR)")
    return _text(column if kind == "VARCHAR" else f"CAST({column} AS VARCHAR)")


def _listed(names: Collection[str]) -> str:
    return ", ".join(literal(name) for name in sorted(names))


_Tables = Mapping[str, Sequence[ResultColumn]]


@dataclass(frozen=True)
class TableMasks:
    """The views that stand before the tables of one store, and the hidden cells of what is laid
    over it, by table."""

    database: str = ""
    columns: tuple[str, ...] = ()
    shown: tuple[str, ...] = ()
    stored: Mapping[str, str] = field(default_factory=dict)
    overlays: Mapping[str, Cells] = field(default_factory=dict)

    def _cells(self, columns: Sequence[ResultColumn]) -> Cells:
        return masked_cells([(one.name, one.type) for one in columns], self.columns, self.shown)

    def with_tables(self, tables: _Tables) -> TableMasks:
        """These masks for the tables of the store."""
        views = {
            ascii_lower(table): f"CREATE TEMP VIEW {identifier(table)} AS SELECT "
            f"{replacing(cells)} FROM {identifier(self.database)}.main.{identifier(table)}"
            for table, columns in tables.items()
            if (cells := self._cells(columns))
        }
        return replace(self, stored=views)

    def with_overlay(self, name: str, columns: Sequence[ResultColumn]) -> TableMasks:
        """These masks for a table that is laid over the store, and no more for one below it."""
        left = {table: view for table, view in self.stored.items() if table != name}
        others = {table: cells for table, cells in self.overlays.items() if table != name}
        cells = self._cells(columns)
        return replace(self, stored=left, overlays=others | {name: cells} if cells else others)

    def views(self, reads: Collection[str] | None) -> list[str]:
        """The views before the tables that are read; before all where that is not known."""
        return [view for name, view in self.stored.items() if reads is None or name in reads]


# The engine's own functions by their full names: a store's macro of that name is not meant. None
# of them can fail on a text, so that the engine computes a repeated value once.
def _call(name: str, *arguments: str) -> str:
    return f"system.main.{identifier(name)}({', '.join(arguments)})"


def _digits_of(term: str, digits: int) -> str:
    inner, outer = (_call("getvariable", literal(name)) for name in (_INNER, _OUTER))
    once = _call("sha256", _call("||", inner, term))
    return _call("left", _call("sha256", _call("||", outer, once)), str(digits))


def _text(term: str) -> str:
    return _call("||", _call("||", literal("‹masked "), _digits_of(term, _DIGITS)), literal("›"))


def _number(term: str) -> str:
    """A whole number that stands for one, given as text."""
    return f"CAST({_call('||', literal('0x'), _digits_of(term, _DIGITS - 1))} AS BIGINT)"
