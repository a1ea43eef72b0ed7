"""Decides which statements may run: DuckDB's own parser, an allow-list over its syntax tree.

A statement passes when it is exactly one SELECT (or EXPLAIN of one), every node of the tree is
of a reading kind, every function is listed and every table is known or a CTE whose scope it stands
in. Anything else, and any doubt, is refused with a sentence. The tree catches data-modifying CTEs,
which DuckDB itself reports as SELECT.
"""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import duckdb

from workbench.engine.advice import SPELL_OUT
from workbench.engine.syntax_tree import ONLY_READS, ascii_lower, read_tree, refuse
from workbench.errors import QueryRefused
from workbench.sql.tokens import without_end

LONGEST_SQL = 100_000

_EXPLAIN = re.compile(r"\s*explain\s+(analyze\s+)?(?!\()", re.IGNORECASE)


@dataclass(frozen=True)
class Inspection:
    """A statement that may run: the parsed form, its parameters and the tables it reads."""

    statement: duckdb.Statement
    parameters: frozenset[str]
    tables: frozenset[str]
    functions: frozenset[str]
    explains: bool = False
    sorts: bool = False  # the whole result, with no LIMIT


class Gate:
    """Holds a private, empty connection that parses and never sees data."""

    def __init__(self) -> None:
        self._parser = duckdb.connect(
            config={
                "enable_external_access": "false",
                "autoload_known_extensions": "false",
                "autoinstall_known_extensions": "false",
                "python_enable_replacements": "false",
                "lock_configuration": "true",
            }
        )

    def inspect(self, sql: str, tables: Collection[str] | None = None) -> Inspection:
        """Parse and judge `sql`; with `tables`, every table read must be among them.

        Raises QueryRefused with what was found and what to write instead.
        """
        statement, kind = self._only_statement(sql)
        if kind == "EXPLAIN":
            match = _EXPLAIN.match(statement.query)
            if match is None:
                raise refuse("This form of EXPLAIN is not read.", "Write EXPLAIN SELECT …")
            inner = self.inspect(statement.query[match.end() :], tables)
            return Inspection(statement, inner.parameters, inner.tables, inner.functions, True)
        if kind != "SELECT":
            hint = ONLY_READS
            if kind == "MULTI" and re.search(r"\bpivot\b", statement.query, re.IGNORECASE):
                hint = SPELL_OUT
            raise refuse(f"A statement of kind {kind} may not run here.", hint)
        tree = self._tree(statement.query)
        found = read_tree(tree)
        if tables is not None:
            known = {ascii_lower(name) for name in tables}
            for name in sorted(found.tables - known):
                raise _unknown_table(name, known)
        return Inspection(
            statement,
            frozenset(statement.named_parameters),
            frozenset(found.tables),
            frozenset(found.functions),
            sorts=_sorts(tree),
        )

    def explaining(self, inspection: Inspection, measure: bool) -> duckdb.Statement:
        """The statement that shows the plan of one that passed; with `measure` it runs it.

        Raises QueryRefused where the two together are not one EXPLAIN.
        """
        form = "EXPLAIN (ANALYZE, FORMAT JSON)" if measure else "EXPLAIN (FORMAT JSON)"
        statement, kind = self._only_statement(f"{form} {inspection.statement.query}")
        if kind != "EXPLAIN" or inspection.explains:
            raise refuse("Only a SELECT has a plan.", "Write the SELECT without EXPLAIN.")
        return statement

    def _only_statement(self, sql: str) -> tuple[duckdb.Statement, str]:
        if len(sql) > LONGEST_SQL:
            raise refuse(f"{len(sql):,} characters of SQL; at most {LONGEST_SQL:,} are read.")
        if "\0" in sql:
            raise refuse("The statement holds a NUL character.", "Delete it and run again.")
        try:
            statements = self._parser.extract_statements(without_end(sql))
            # .type raises ValueError for kinds this version has no name for: that is a refusal.
            kinds = [str(statement.type).rsplit(".", 1)[-1] for statement in statements]
        except (duckdb.Error, ValueError, RuntimeError) as error:
            raise QueryRefused(
                str(error).strip() or "The statement cannot be parsed.",
                title="The statement cannot be read",
            ) from error
        if not statements:
            raise refuse("There is no statement to run.")
        if len(statements) > 1:
            raise refuse(f"{len(statements)} statements were given; one runs at a time.")
        return statements[0], kinds[0]

    def _tree(self, body: str) -> dict[str, Any]:
        row = self._parser.execute("SELECT json_serialize_sql(?::VARCHAR)", [body]).fetchone()
        tree: dict[str, Any] = json.loads(row[0]) if row else {"error": True}
        if tree.get("error"):
            raise refuse(str(tree.get("error_message") or "The statement cannot be parsed."))
        return tree


def _sorts(tree: dict[str, Any]) -> bool:
    kinds = {kind["type"] for kind in tree["statements"][0]["node"].get("modifiers", [])}
    return "ORDER_MODIFIER" in kinds and kinds.isdisjoint(
        {"LIMIT_MODIFIER", "LIMIT_PERCENT_MODIFIER"}
    )


def _unknown_table(name: str, known: set[str]) -> QueryRefused:
    if re.search(r"[./\\*:]", name):
        return refuse(
            f"“{name[:80]}” names a file; files may not be read from a query.",
            "Load it into the case first: workbench load CASE FILE",
        )
    near = difflib.get_close_matches(name, known, n=1)
    hint = f"Did you mean “{near[0]}”?" if near else "Tables: " + ", ".join(sorted(known))
    return refuse(f"There is no table “{name[:80]}” in this case.", hint)
