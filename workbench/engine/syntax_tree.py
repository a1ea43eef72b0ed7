"""Reads the engine's syntax tree of one SELECT: what it names, and whether it may.

The tree is walked with the CTEs that are in sight at each place, as the engine binds them: a CTE
sees those before it, its own name only on the recursive side, and is seen by the query that it
belongs to and all below that. A name with a schema is never a CTE.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from workbench.engine.functions import FunctionList, function_list
from workbench.errors import QueryRefused

ONLY_READS = "The bench only reads: write one SELECT over the tables of the case."

_NODES = frozenset({"SELECT_NODE", "SET_OPERATION_NODE", "RECURSIVE_CTE_NODE"})
_MODIFIERS = frozenset(
    {"ORDER_MODIFIER", "LIMIT_MODIFIER", "LIMIT_PERCENT_MODIFIER", "DISTINCT_MODIFIER",
     "ORDER_DEFAULT", "ASCENDING", "DESCENDING"}
)  # fmt: skip
_TABLE_REFERENCES = frozenset(
    {"BASE_TABLE", "SUBQUERY", "JOIN", "TABLE_FUNCTION", "EMPTY", "EXPRESSION_LIST", "PIVOT",
     "SHOW_REF"}
)  # fmt: skip
_EXPRESSIONS = frozenset(
    {"BETWEEN", "CASE", "CAST", "COLLATE", "COLUMN_REF", "COMPARISON", "CONJUNCTION", "CONSTANT",
     "FUNCTION", "LAMBDA", "OPERATOR", "PARAMETER", "POSITIONAL_REFERENCE", "STAR", "SUBQUERY",
     "TYPE", "WINDOW"}
)  # fmt: skip
# What tables and columns are called; the other views of that schema tell of the engine.
_INFORMATION = frozenset({"tables", "columns"})
_SHOWN = frozenset({'"tables"', "__show_tables_expanded"})
# `x.lower()` is the function of a column, `main.lower()` a function of that schema.
_SCHEMAS = frozenset({"main", "temp", "system", "pg_catalog", "information_schema"})
# These call an aggregate that their second argument names.
_CALLERS = frozenset({"list_aggr", "list_aggregate", "array_aggr", "array_aggregate", "aggregate"})

Tree = dict[str, Any]
_Names = frozenset[str]


def ascii_lower(name: str) -> str:
    """A name as the engine compares it: `K` is `k`, the sign for kelvin is not."""
    return name.translate(_ASCII_LOWER)


_ASCII_LOWER = {upper: upper + 32 for upper in range(ord("A"), ord("Z") + 1)}


def refuse(why: str, hint: str = ONLY_READS) -> QueryRefused:
    """The refusal of a statement."""
    return QueryRefused(why, hint=hint)


@dataclass
class Findings:
    """What one statement names: tables of the case (no CTEs) and functions, in lower case."""

    tables: set[str] = field(default_factory=set)
    functions: set[str] = field(default_factory=set)


def read_tree(tree: Tree) -> Findings:
    """Walk the tree of a statement; raises QueryRefused at the first thing that may not be."""
    walk = _Walk(function_list())
    pending: list[tuple[object, _Names]] = [(tree, frozenset())]
    try:
        while pending:
            thing, in_sight = pending.pop()
            if isinstance(thing, list):
                pending.extend((one, in_sight) for one in thing)
            elif isinstance(thing, dict):
                walk.check(thing, in_sight)
                pending.extend(_below(thing, in_sight))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise refuse("This form of a statement is not known here.") from error
    return walk.found


def _below(node: Tree, in_sight: _Names) -> list[tuple[object, _Names]]:
    """The parts of a node, each with the CTEs that it sees."""
    parts: list[tuple[object, _Names]] = []
    for entry in (node.get("cte_map") or {}).get("map") or ():
        parts.append((entry["value"], in_sight))
        in_sight |= {ascii_lower(entry["key"])}
    own = {ascii_lower(node["cte_name"])} if node.get("type") == "RECURSIVE_CTE_NODE" else set()
    for name, part in node.items():
        if name == "function" and node.get("type") == "TABLE_FUNCTION":
            # It was judged as a table; what it is given is not the table's.
            parts.extend((one, in_sight) for one in part.values())
        elif name != "cte_map" and isinstance(part, dict | list):
            parts.append((part, in_sight | own if name == "right" else in_sight))
    return parts


class _Walk:
    def __init__(self, functions: FunctionList) -> None:
        self.found = Findings()
        self._functions = functions

    def check(self, node: Tree, in_sight: _Names) -> None:
        kind, expression = node.get("type"), node.get("class")
        if expression is not None:
            self._expression(node, str(expression))
        elif not isinstance(kind, str):
            return
        elif kind in _TABLE_REFERENCES:
            self._reference(node, kind, in_sight)
        elif kind not in _NODES and kind not in _MODIFIERS:
            if kind.endswith("_NODE"):
                change = kind.removesuffix("_NODE").lower()
                raise refuse(f"The statement would change data ({change}).")
            raise refuse(f"A part of kind {kind.lower()} may not stand in a statement.")

    def _reference(self, node: Tree, kind: str, in_sight: _Names) -> None:
        if kind == "BASE_TABLE":
            self._table(node, in_sight)
        elif kind == "TABLE_FUNCTION":
            self._table_function(node["function"])
        elif kind == "SHOW_REF" and not node.get("query") and not _shows_tables(node):
            raise refuse("Only SHOW TABLES is read.", "Write DESCRIBE and a table, or SHOW TABLES.")

    def _table(self, node: Tree, in_sight: _Names) -> None:
        *place, name = map(ascii_lower, node["qualified_name"]["path"])
        if name != ascii_lower(str(node["table_name"])) or place not in (
            [], ["main"], ["information_schema"]
        ):  # fmt: skip
            # What is laid over a table, or hides its cells, bears the table's own name.
            raise refuse(
                f"“{node['table_name']}” is named by its database or schema.",
                "Write the table's own name alone.",
            )
        if place == ["information_schema"]:
            if name not in _INFORMATION:
                raise refuse(
                    f"information_schema.{name[:80]} tells of the engine, not of the case.",
                    "Read information_schema.tables or .columns, or write DESCRIBE and a table.",
                )
        elif place or name not in in_sight:
            self.found.tables.add(name)

    def _table_function(self, function: Tree) -> None:
        *place, name = map(ascii_lower, function["qualified_name"]["path"])
        why = self._functions.why_refused(name, table=True)
        if place or name != ascii_lower(function["function_name"]):
            why = "it is named by its schema"
        if why is not None:
            raise refuse(f"The table function {name[:80]}() may not be used here{_because(why)}.")
        if name == "summary" and not all(
            _argument(one).get("class") == "SUBQUERY" for one in function.get("arguments") or ()
        ):
            raise refuse(
                "summary() is read over a statement alone.", "Write SUMMARIZE and the table."
            )
        self.found.functions.add(name)

    def _expression(self, node: Tree, kind: str) -> None:
        if kind not in _EXPRESSIONS:
            raise refuse(f"An expression of kind {kind.lower()} may not be used here.")
        if kind == "TYPE":
            if len(node["qualified_name"]["path"]) > 1:
                raise refuse("A type is named by its schema.", "Write the type's own name alone.")
        elif kind in ("FUNCTION", "WINDOW"):
            self._function(node)

    def _function(self, node: Tree) -> None:
        *chained, name = map(ascii_lower, node["qualified_name"]["path"])
        if name != ascii_lower(node["function_name"]) or not _SCHEMAS.isdisjoint(chained):
            raise refuse(
                f"The function {name[:80]}() is named by its schema.",
                "Write the function's own name alone.",
            )
        if node.get("export_state"):
            raise refuse("EXPORT_STATE may not be used here.", "Write the aggregate alone.")
        why = self._functions.why_refused(name)
        if why is not None:
            raise refuse(f"The function {name[:80]}() may not be used here{_because(why)}.")
        self.found.functions.add(name)
        if name in _CALLERS:
            self._called(name, node.get("arguments") or [])

    def _called(self, caller: str, arguments: list[Tree]) -> None:
        named = _argument(arguments[1]) if len(arguments) > 1 else {}
        called = ascii_lower(str((named.get("literal") or {}).get("text", "")))
        if named.get("class") != "CONSTANT" or self._functions.why_refused(called) is not None:
            raise refuse(
                f"{caller}() must name its aggregate as a text.", f"Write {caller}(…, 'sum')."
            )
        self.found.functions.add(called)


def _shows_tables(node: Tree) -> bool:
    return ascii_lower(str(node.get("table_name", ""))) in _SHOWN


def _argument(argument: Tree) -> Tree:
    """An argument's expression; a name may stand around it."""
    inner = argument.get("expression", argument)
    return inner if isinstance(inner, dict) else {}


def _because(why: str) -> str:
    return f": {why}" if why else ": this version does not know it"
