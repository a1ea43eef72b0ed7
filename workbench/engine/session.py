"""A locked-down, read-only DuckDB session on one store."""

from __future__ import annotations

import datetime
import re
import threading
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from workbench.case.store_parts import StoreParts
from workbench.engine.advice import sentence_here
from workbench.engine.cells import as_cells, cell_terms, result_columns
from workbench.engine.contract import Parameters, ResultColumn, Scalar
from workbench.engine.gate import Gate, Inspection
from workbench.engine.masks import Cells, MaskKey, TableMasks, replacing
from workbench.engine.parts import DATABASE, open_parts
from workbench.engine.store_check import refuse_foreign_store
from workbench.errors import Cancelled, QueryFailed
from workbench.sql.quoting import identifier, literal

_MAX_INSPECTIONS_KEPT = 200  # pages ask the same few dozen statements again and again


@dataclass(frozen=True)
class SessionLimits:
    """What one session may take of the host. Sizes in MiB, time in seconds."""

    memory_mib: int = 1024
    threads: int = 2
    spill_mib: int = 16_384


def lock_down(connection: duckdb.DuckDBPyConnection, spill: Path, limits: SessionLimits) -> None:
    """Set every limit, then close the doors, then lock the settings: the order matters."""
    config: list[tuple[str, str | int | bool]] = [
        ("temp_directory", str(spill)),
        ("memory_limit", f"{limits.memory_mib}MiB"),
        ("max_temp_directory_size", f"{limits.spill_mib}MiB"),
        ("threads", limits.threads),
        ("max_expression_depth", 250),
        ("autoinstall_known_extensions", False),
        ("autoload_known_extensions", False),
        ("allow_community_extensions", False),
        ("allow_persistent_secrets", False),
        ("python_enable_replacements", False),
        ("enable_external_access", False),
        ("lock_configuration", True),
    ]
    for name, value in config:
        connection.execute(f"SET {name} = {literal(str(value))}")


class Root:
    """The only owner of the connection that every cursor comes from; one caller at a time."""

    def __init__(self, parts: StoreParts, spill: Path, limits: SessionLimits) -> None:
        self._lock = threading.Lock()
        self._connection = open_parts(parts)
        lock_down(self._connection, spill, limits)

    def cursor(self) -> duckdb.DuckDBPyConnection:
        """A connection of its own for one job, with temporary views of its own."""
        with self._lock:
            return self._connection.cursor()

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """All rows of a small statement about the store itself."""
        with self._lock:
            return self._connection.execute(sql).fetchall()

    def close(self) -> None:
        """Let go of the store."""
        with self._lock:
            self._connection.close()


class Session:
    """The parts of one store, opened read-only for its whole life; one cursor per job.

    What jobs share (views, masks, catalogue) is never changed but replaced, so that a job that
    began keeps what it saw.
    """

    def __init__(
        self,
        parts: StoreParts,
        spill: Path,
        limits: SessionLimits,
        *,
        examine: bool = False,
        mask_key: str = "",
    ) -> None:
        """Open the store; with `examine` it is refused where it holds what no load makes.

        `mask_key` is the secret that stand-ins are made with; without one, one that nobody knows.
        """
        self.spill = spill
        if examine:
            for part in parts.paths:
                refuse_foreign_store(part)
        self._root = Root(parts, spill, limits)
        self._gate = Gate()
        self._one_at_a_time = threading.Lock()  # the parser, and what is replaced
        self._views: Mapping[str, Path] = {}
        self._judged: dict[str, Inspection] = {}
        self._shapes: dict[tuple[str, ...], tuple[ResultColumn, ...]] = {}
        self._mask_key = MaskKey.of(mask_key)
        self._masks = TableMasks()
        self._catalogue: Mapping[str, list[ResultColumn]] = self._read_catalogue()

    def _read_catalogue(self) -> dict[str, list[ResultColumn]]:
        rows = self._root.rows(
            "SELECT table_name, column_name, data_type FROM duckdb_columns() "
            f"WHERE NOT internal AND database_name = {literal(DATABASE)} "
            "ORDER BY table_name, column_index"
        )
        tables: dict[str, list[ResultColumn]] = {}
        for table, column, kind in rows:
            tables.setdefault(table, []).append(ResultColumn(column, kind))
        return tables

    @property
    def catalogue(self) -> Mapping[str, list[ResultColumn]]:
        """Tables of the store and the views laid over it, as they are now."""
        return self._catalogue

    def lay_over(self, name: str, parquet: Path) -> None:
        """Show a Parquet file of the spill folder as the table `name` to every later cursor."""
        with self._root.cursor() as cursor:
            cursor.execute(_overlaid(name, parquet, {}))
            described = cursor.execute(f"DESCRIBE {identifier(name)}").fetchall()
        columns = [ResultColumn(row[0], row[1]) for row in described]
        with self._one_at_a_time:
            self._views = {**self._views, name: parquet}
            self._catalogue = {**self._catalogue, name: columns}
            self._masks = self._masks.with_overlay(name, columns)
            self._judged.clear()
            self._shapes.clear()

    def mask(self, columns: Collection[str], shown: Collection[str]) -> None:
        """Hide these columns, and what names the same entities, from every later cursor, but for
        the accounts shown.

        A view of the table's own name stands before each table that has one. A hidden cell still
        tells whether it is the same as another.
        """
        with self._one_at_a_time:
            self._masks = self._masks_for(columns, shown)
            self._shapes.clear()

    def _masks_for(self, columns: Collection[str], shown: Collection[str] = ()) -> TableMasks:
        stored = {name: one for name, one in self._catalogue.items() if name not in self._views}
        masks = TableMasks(DATABASE, tuple(columns), tuple(shown)).with_tables(stored)
        for name in self._views:
            masks = masks.with_overlay(name, self._catalogue[name])
        return masks

    @property
    def hidden(self) -> tuple[str, ...]:
        """The columns that are hidden, but for accounts that are shown."""
        return self._masks.columns

    @contextmanager
    def cursor(
        self,
        reads: Collection[str] | None = None,
        *,
        hide: Collection[str] | None = None,
        plans: bool = False,
    ) -> Iterator[duckdb.DuckDBPyConnection]:
        """A cursor of its own, with the overlaid tables in sight; closed at the end.

        `reads`: tables that a judged statement names; only these need what is laid over or hides.
        With `hide` these columns are hidden, of every account, whatever the session hides. One that
        `plans` hides with a key that is thrown away, because a plan shows it.
        """
        masks = self._masks if hide is None else self._masks_for(hide)
        cursor = self._root.cursor()
        try:
            for name, parquet in self._views.items():
                if reads is None or name in reads:
                    cursor.execute(_overlaid(name, parquet, masks.overlays.get(name, {})))
            views = masks.views(reads)
            if views or masks.overlays:
                (MaskKey.of("") if plans else self._mask_key).give(cursor)
            for view in views:
                cursor.execute(view)
            yield cursor
        finally:
            cursor.close()

    def hides(self, inspection: Inspection, columns: Collection[str]) -> bool:
        """Whether a statement reads a table that has hidden cells where these columns are."""
        masks = self._masks_for(columns)
        return bool(masks.views(inspection.tables)) or not inspection.tables.isdisjoint(
            masks.overlays
        )

    def inspect(self, sql: str) -> Inspection:
        """Judge a statement against the tables of this session; raises QueryRefused."""
        with self._one_at_a_time:
            known = self._judged.get(sql)
            if known is None:
                known = self._gate.inspect(sql, self._catalogue)
                if len(self._judged) >= _MAX_INSPECTIONS_KEPT:
                    self._judged.clear()
                self._judged[sql] = known
            return known

    def plan(
        self,
        cursor: duckdb.DuckDBPyConnection,
        inspection: Inspection,
        parameters: Parameters,
        measure: bool,
    ) -> str:
        """The plan of a statement as the engine's JSON; with `measure` it runs to its end."""
        with self._one_at_a_time:
            statement = self._gate.explaining(inspection, measure)
        used = used_values(inspection, parameters)
        with engine_errors():
            rows = cursor.execute(statement, used or None).fetchall()
        return str(rows[-1][-1]) if rows else "[]"

    def relation(
        self, cursor: duckdb.DuckDBPyConnection, inspection: Inspection, parameters: Parameters
    ) -> duckdb.DuckDBPyRelation:
        """Bind a statement that passed the gate; nothing is computed yet."""
        used = used_values(inspection, parameters)
        with engine_errors():
            try:
                return cursor.sql(inspection.statement, params=used or None)
            except (duckdb.BinderException, duckdb.CatalogException):
                # Fails in the same way, but says where in the text.
                cursor.execute(inspection.statement, used or None)
                raise

    def first_rows(
        self,
        cursor: duckdb.DuckDBPyConnection,
        inspection: Inspection,
        parameters: Parameters,
        count: int,
    ) -> tuple[tuple[ResultColumn, ...], list[tuple[Scalar, ...]]]:
        """The columns of a statement that passed the gate, and its first rows as cells.

        A relation is bound four times before it runs, which is most of what a page costs; where
        the columns are known from the last time, one statement does.
        """
        used = used_values(inspection, parameters)
        body = inspection.statement.query
        shape = () if inspection.explains else _shape(body, used)  # a plan is no subquery
        columns = self._shapes.get(shape)
        with engine_errors():
            if columns is None:
                relation = self.relation(cursor, inspection, parameters)
                columns = result_columns(relation)
                rows = as_cells(relation).limit(count).fetchall()
                self._keep_shape(shape, columns)
            else:
                # A comment may end the text.
                statement = f"SELECT {cell_terms(columns)} FROM (\n{body}\n) LIMIT {count}"
                rows = cursor.execute(statement, used or None).fetchall()
        return columns, rows

    def _keep_shape(self, shape: tuple[str, ...], columns: tuple[ResultColumn, ...]) -> None:
        with self._one_at_a_time:
            if len(self._shapes) >= _MAX_INSPECTIONS_KEPT:
                self._shapes.clear()
            if shape:
                self._shapes[shape] = columns

    def close(self) -> None:
        """Let go of the store."""
        self._root.close()


def used_values(inspection: Inspection, parameters: Parameters) -> dict[str, object]:
    """The values that a statement takes, as the engine binds them; raises QueryFailed without."""
    missing = inspection.parameters - parameters.keys()
    if missing:
        names = ", ".join(f"${name}" for name in sorted(missing))
        raise QueryFailed(
            f"The statement needs a value for {names}.",
            hint="Give each with -p NAME=VALUE, or fill in the form.",
        )
    return {name: typed_parameter(parameters[name]) for name in inspection.parameters}


def _shape(body: str, used: dict[str, object]) -> tuple[str, ...]:
    """What decides the columns of a statement; empty where that cannot be told cheaply."""
    if any(isinstance(value, list) for value in used.values()):
        return ()  # as long as you like
    # The size of a number decides its type; of a text only that it is one matters.
    return body, *(
        f"{name} {'text' if isinstance(value, str) else repr(value)}"
        for name, value in sorted(used.items())
    )


def _overlaid(name: str, parquet: Path, cells: Cells) -> str:
    """The view that shows a file; its path is one of ours, in our own spill folder."""
    return (
        f"CREATE TEMP VIEW {identifier(name)} AS "
        f"SELECT {replacing(cells)} FROM read_parquet({literal(str(parquet))})"
    )


def typed_parameter(value: object) -> object:
    """A parameter in the form that the engine binds: times become times."""
    if isinstance(value, dict):
        ((kind, text),) = value.items()
        moment = datetime.datetime.fromisoformat(text)
        return moment.date() if kind == "date" else moment
    return value


_LINE_MARK = re.compile(r"\nLINE (\d+):", re.MULTILINE)
_MEMORY_HINT = "Narrow it (fewer columns, a WHERE, a LIMIT) or raise engine.memory_mib."


def not_enough_memory(text: str) -> QueryFailed:
    """The failure of a query that may not have what it asked for; `text` is the engine's."""
    first = (text.strip().splitlines() or [""])[0]
    return QueryFailed(
        first.removeprefix("OutOfMemoryException: ") or "The engine ran out of memory.",
        title="Not enough memory for this query",
        hint=_MEMORY_HINT,
    )


@contextmanager
def engine_errors() -> Iterator[None]:
    """Turn the engine's exceptions into sentences; a cancelled query is told apart."""
    try:
        yield
    except duckdb.InterruptException as error:
        raise Cancelled("The query was cancelled.") from error
    except duckdb.OutOfMemoryException as error:
        raise not_enough_memory(str(error)) from error
    except duckdb.Error as error:
        text, hint = sentence_here(str(error).strip())
        line = _LINE_MARK.search("\n" + text)
        hint = hint or (f"See line {line.group(1)} of the statement." if line else "")
        raise QueryFailed(text, hint=hint) from error
    except MemoryError as error:
        raise not_enough_memory(str(error)) from error
    except (RuntimeError, OverflowError) as error:
        raise QueryFailed(str(error).strip() or "The engine ran out of memory.") from error
