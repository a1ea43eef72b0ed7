"""Decides which statements may run: DuckDB's own parser, an allow-list over its syntax tree.

A statement passes when it is exactly one SELECT (or EXPLAIN of one), every node of the tree is
of a reading kind, every table function is listed and every table is known. Anything else, and
any doubt, is refused with a sentence. The tree catches data-modifying CTEs, which DuckDB itself
reports as SELECT.
"""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

import duckdb

from workbench.errors import QueryRefused
from workbench.sql.tokens import without_end

LONGEST_SQL = 100_000

_NODES = frozenset({"SELECT_NODE", "SET_OPERATION_NODE", "RECURSIVE_CTE_NODE", "CTE_NODE"})
_TABLE_REFERENCES = frozenset(
    {"BASE_TABLE", "SUBQUERY", "JOIN", "TABLE_FUNCTION", "EMPTY", "EMPTY_FROM", "EXPRESSION_LIST",
     "PIVOT", "SHOW_REF", "COLUMN_DATA", "CTE"}
)  # fmt: skip
_TABLE_FUNCTIONS = frozenset(
    {"range", "generate_series", "unnest", "json_each", "json_tree", "repeat_row", "summary",
     "duckdb_tables", "duckdb_columns", "duckdb_views", "duckdb_functions", "duckdb_keywords",
     "pragma_table_info", "histogram", "histogram_values"}
)  # fmt: skip
_REFUSED_FUNCTIONS = frozenset(
    {"getenv", "query", "query_table", "write_log", "set_config", "nextval", "currval", "sleep_ms",
     "current_setting", "which_secret", "parse_duckdb_log_message", "txid_current",
     "json_execute_serialized_sql", "json_deserialize_sql", "json_serialize_plan"}
)  # fmt: skip
_SYSTEM_SCHEMAS = frozenset({"information_schema"})
_EXPLAIN = re.compile(r"\s*explain\s+(analyze\s+)?(?!\()", re.IGNORECASE)
_HINT = "The bench only reads: write one SELECT over the tables of the case."


@dataclass(frozen=True)
class Inspection:
    """A statement that may run: the parsed form, its parameters and the tables it reads."""

    statement: duckdb.Statement
    parameters: frozenset[str]
    tables: frozenset[str]
    functions: frozenset[str]
    explains: bool = False
    sorts: bool = False  # the whole result, with no LIMIT


def _refuse(why: str, hint: str = _HINT) -> QueryRefused:
    return QueryRefused(why, hint=hint)


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
                raise _refuse("This form of EXPLAIN is not read.", "Write EXPLAIN SELECT …")
            inner = self.inspect(statement.query[match.end() :], tables)
            return Inspection(statement, inner.parameters, inner.tables, inner.functions, True)
        if kind != "SELECT":
            hint = _HINT
            if kind == "MULTI" and re.search(r"\bpivot\b", statement.query, re.IGNORECASE):
                hint = "PIVOT needs its values spelled out: … ON column IN ('a', 'b') …"
            raise _refuse(f"A statement of kind {kind} may not run here.", hint)
        tree = self._tree(statement.query)
        found = _Findings()
        for node in _objects(tree):
            found.check(node)
        read = {name for name in found.tables if name not in found.ctes}
        if tables is not None:
            known = {name.lower() for name in tables}
            for name in sorted(read - known):
                raise _unknown_table(name, known)
        return Inspection(
            statement,
            frozenset(statement.named_parameters),
            frozenset(read),
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
            raise _refuse("Only a SELECT has a plan.", "Write the SELECT without EXPLAIN.")
        return statement

    def _only_statement(self, sql: str) -> tuple[duckdb.Statement, str]:
        if len(sql) > LONGEST_SQL:
            raise _refuse(f"{len(sql):,} characters of SQL; at most {LONGEST_SQL:,} are read.")
        if "\0" in sql:
            raise _refuse("The statement holds a NUL character.", "Delete it and run again.")
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
            raise _refuse("There is no statement to run.")
        if len(statements) > 1:
            raise _refuse(f"{len(statements)} statements were given; one runs at a time.")
        return statements[0], kinds[0]

    def _tree(self, body: str) -> dict[str, Any]:
        row = self._parser.execute("SELECT json_serialize_sql(?::VARCHAR)", [body]).fetchone()
        tree: dict[str, Any] = json.loads(row[0]) if row else {"error": True}
        if tree.get("error"):
            raise _refuse(str(tree.get("error_message") or "The statement cannot be parsed."))
        return tree


def _objects(tree: object) -> Iterator[dict[str, Any]]:
    pending = [tree]
    while pending:
        node = pending.pop()
        if isinstance(node, dict):
            yield node
            pending.extend(node.values())
        elif isinstance(node, list):
            pending.extend(node)


def _sorts(tree: dict[str, Any]) -> bool:
    kinds = {kind["type"] for kind in tree["statements"][0]["node"].get("modifiers", [])}
    return "ORDER_MODIFIER" in kinds and kinds.isdisjoint(
        {"LIMIT_MODIFIER", "LIMIT_PERCENT_MODIFIER"}
    )


class _Findings:
    """What a walk over one syntax tree met."""

    def __init__(self) -> None:
        self.ctes: set[str] = set()
        self.tables: set[str] = set()
        self.functions: set[str] = set()

    def check(self, node: dict[str, Any]) -> None:
        kind = node.get("type")
        if isinstance(kind, str) and kind.endswith("_NODE") and kind not in _NODES:
            change = kind.removesuffix("_NODE").lower()
            raise _refuse(f"The statement would change data ({change}).")
        if "sample" in node and "column_name_alias" in node and kind not in _TABLE_REFERENCES:
            raise _refuse(f"A table reference of kind {kind} may not be read.")
        if "cte_map" in node:
            self.ctes.update(entry["key"].lower() for entry in node["cte_map"]["map"])
        if kind == "BASE_TABLE":
            self._table(node)
        if kind == "TABLE_FUNCTION":
            name = str(node["function"]["function_name"]).lower()
            if name not in _TABLE_FUNCTIONS:
                raise _refuse(f"The table function {name}() may not be used here.")
        if node.get("class") == "FUNCTION":
            name = str(node.get("function_name", "")).lower()
            if name in _REFUSED_FUNCTIONS and kind != "TABLE_FUNCTION":
                raise _refuse(f"The function {name}() may not be used here.")
            self.functions.add(name)

    def _table(self, node: dict[str, Any]) -> None:
        schema, catalog = (str(node.get(f"{kind}_name", "")) for kind in ("schema", "catalog"))
        if catalog or schema.lower() not in ("", "main", *_SYSTEM_SCHEMAS):
            # What is laid over a table, or hides its cells, bears the table's own name.
            raise _refuse(
                f"“{node['table_name']}” is named by its database or schema.",
                "Write the table's own name alone.",
            )
        if str(node.get("schema_name", "")).lower() not in _SYSTEM_SCHEMAS:
            self.tables.add(str(node["table_name"]).lower())


def _unknown_table(name: str, known: set[str]) -> QueryRefused:
    if re.search(r"[./\\*:]", name):
        return _refuse(
            f"“{name[:80]}” names a file; files may not be read from a query.",
            "Load it into the case first: workbench load CASE FILE",
        )
    near = difflib.get_close_matches(name, known, n=1)
    hint = f"Did you mean “{near[0]}”?" if near else "Tables: " + ", ".join(sorted(known))
    return _refuse(f"There is no table “{name[:80]}” in this case.", hint)
