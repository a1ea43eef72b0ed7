"""Statements are put together by the quoting of one module, never by quotes around a value."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[2] / "workbench"
MODULES = sorted(PACKAGE.rglob("*.py"))
_SQL = re.compile(
    r"\b(SELECT|FROM|WHERE|DESCRIBE|INSERT INTO|DELETE FROM|UPDATE|ATTACH|COPY|SET|WHEN|"
    r"CREATE (OR REPLACE )?(TEMP )?(TABLE|VIEW))\b"
)


def faults(source: str) -> list[str]:
    """Lines that quote a value by hand within SQL, or that edit the text of a statement."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.JoinedStr) and _SQL.search(_written(node)):
            found += [f"line {node.lineno}: {name}" for name in _quoted_by_hand(node)]
        elif (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in ("replace", "format", "format_map")
            and (_is_statement(node.func.value) or _SQL.search(_text(node.func.value)))
        ):
            found.append(f"line {node.lineno}: {node.func.attr} on a statement")
        elif (
            isinstance(node, ast.BinOp)
            and isinstance(node.op, ast.Mod)
            and _SQL.search(_text(node.left))
        ):
            found.append(f"line {node.lineno}: % on a statement")
    return found


def _text(node: ast.expr) -> str:
    if isinstance(node, ast.JoinedStr):
        return _written(node)
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def _written(node: ast.JoinedStr) -> str:
    return "\0".join(_text(part) for part in node.values if isinstance(part, ast.Constant))


def _is_statement(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and getattr(node.func, "id", "") == "statement"


def _quoted_by_hand(node: ast.JoinedStr) -> list[str]:
    parts = node.values
    return [
        ast.unparse(part)
        for before, part, after in zip(parts, parts[1:], parts[2:], strict=False)
        if isinstance(part, ast.FormattedValue)
        and any(_text(before).endswith(q) and _text(after).startswith(q) for q in "\"'")
    ]


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_no_name_or_value_is_quoted_by_hand(module: Path) -> None:
    assert faults(module.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "source",
    [
        """f'SELECT "{column}" FROM t'""",
        '''f"DESCRIBE \\"{name}\\""''',
        """f"SELECT 1 WHERE name = '{name}'\"""",
        """statement("exchanges").replace("incoming", rows)""",
        """"SELECT * FROM {}".format(name)""",
        """"SELECT * FROM %s" % name""",
    ],
)
def test_each_form_is_found(source: str) -> None:
    assert faults(source)
