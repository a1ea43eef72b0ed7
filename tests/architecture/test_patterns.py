"""Regular expressions hold only what every supported Python matches alike.

Python 3.11 brought possessive quantifiers and atomic groups; 3.11.2, which Debian ships, misses
matches with them. Python 3.14 brought `\\z`.
"""

from __future__ import annotations

import ast
import contextlib
import re
import warnings
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

parser: Any = import_module("re._parser")
PACKAGE = Path(__file__).resolve().parents[2] / "workbench"
MODULES = sorted(PACKAGE.rglob("*.py"))
NEW = {"POSSESSIVE_REPEAT", "ATOMIC_GROUP"}
TAKES_A_PATTERN = {
    "compile", "match", "search", "fullmatch", "split", "sub", "subn", "findall", "finditer",
}  # fmt: skip
_FIELD = re.compile(r"%(?:\(\w+\))?[-+ #0]*\d*(?:\.\d+)?([a-zA-Z%])")


def kinds(pattern: str | bytes) -> set[str]:
    """The names of every operation in a pattern; raises re.error for what is none."""
    found: set[str] = set()
    pending: list[object] = [parser.parse(pattern)]
    while pending:
        node = pending.pop()
        if isinstance(node, parser.SubPattern | list | tuple):
            pending.extend(node)
        elif hasattr(node, "name"):
            found.add(str(node.name))
    return found


class Patterns:
    """The patterns of one module: what `re` is called with, and every text that reads as one."""

    def __init__(self, tree: ast.Module) -> None:
        self._tree = tree
        self._modules, self._functions = {"re"}, set[str]()
        self._values: dict[str, list[ast.expr]] = {}
        for node in ast.walk(tree):
            self._note(node)

    def _note(self, node: ast.AST) -> None:
        if isinstance(node, ast.Import):
            self._modules |= {one.asname for one in node.names if one.name == "re" and one.asname}
        elif isinstance(node, ast.ImportFrom) and node.module == "re":
            taken = (one for one in node.names if one.name in TAKES_A_PATTERN)
            self._functions |= {one.asname or one.name for one in taken}
        elif isinstance(node, ast.Assign):
            for target in node.targets:
                self._assign(target, node.value)
        elif isinstance(node, ast.AnnAssign) and node.value is not None:
            self._assign(node.target, node.value)

    def _assign(self, target: ast.expr, value: ast.expr) -> None:
        if isinstance(target, ast.Name):
            self._values.setdefault(target.id, []).append(value)
        elif isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
            for one, part in zip(target.elts, value.elts, strict=False):
                self._assign(one, part)

    def called(self) -> Iterator[tuple[int, str]]:
        """Line and pattern of every call of `re`; what only running would tell is an `x`."""
        for node in ast.walk(self._tree):
            if not isinstance(node, ast.Call) or not self._is_re(node.func):
                continue
            given = [one.value for one in node.keywords if one.arg == "pattern"] or node.args[:1]
            for text in self._texts(given[0], 4) if given else ():
                yield node.lineno, text

    def written(self) -> Iterator[tuple[int, str]]:
        """Line and text of every constant but docstrings: a pattern may be made of it elsewhere."""
        prose = {
            id(node.body[0].value)
            for node in ast.walk(self._tree)
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
            and node.body
            and isinstance(node.body[0], ast.Expr)
        }
        for node in ast.walk(self._tree):
            if isinstance(node, ast.Constant) and id(node) not in prose:
                for text in self._texts(node, 0):
                    yield node.lineno, _FIELD.sub(_stand_in, text)

    def _is_re(self, function: ast.expr) -> bool:
        if isinstance(function, ast.Attribute) and isinstance(function.value, ast.Name):
            return function.value.id in self._modules and function.attr in TAKES_A_PATTERN
        return isinstance(function, ast.Name) and function.id in self._functions

    def _texts(self, node: ast.expr, depth: int) -> list[str]:
        if isinstance(node, ast.Constant):
            value = node.value
            value = value.decode("latin-1") if isinstance(value, bytes) else value
            return [value] if isinstance(value, str) else ["x"]
        if depth < 0:
            return ["x"]
        if isinstance(node, ast.JoinedStr):
            parts = [self._texts(part, depth - 1)[0] for part in node.values]
            return ["".join(parts)]
        if isinstance(node, ast.FormattedValue):
            return self._texts(node.value, depth - 1)
        if isinstance(node, ast.Name) and node.id in self._values:
            return [text for one in self._values[node.id] for text in self._texts(one, depth - 1)]
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
            ends = self._texts(node.right, depth)
            return [text + end for text in self._texts(node.left, depth) for end in ends]
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod):
            return [_FIELD.sub(_stand_in, text) for text in self._texts(node.left, depth)]
        return ["x"]


def _stand_in(field: re.Match[str]) -> str:
    return {"d": "1", "%": "%"}.get(field[1], "x")


def faults(source: str) -> list[str]:
    """What of a module's patterns is not matched alike by every supported Python."""
    found = []
    patterns = Patterns(ast.parse(source))
    for line, text in patterns.called():
        try:
            found += [f"line {line}: {kind}" for kind in sorted(kinds(text) & NEW)]
        except re.error as error:  # Python 3.14 reads more escapes than 3.11
            found.append(f"line {line}: {error}")
    for line, text in patterns.written():
        # What is no pattern, or a part of one that `called` puts together, is passed over.
        with contextlib.suppress(re.error, OverflowError), warnings.catch_warnings():
            warnings.simplefilter("ignore", FutureWarning)
            found += [f"line {line}: {kind}" for kind in sorted(kinds(text) & NEW)]
    if any("\\z" in text.replace("\\\\", "") for _, text in patterns.called()):
        found.append("\\z")
    return found


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_patterns_are_matched_alike_everywhere(module: Path) -> None:
    assert faults(module.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "source",
    [
        "import re\nre.compile('a*+')",
        "import re\nre.compile(rb'(?>ab)c')",
        "import re as r\nr.search(pattern='a{2,3}+', string='')",
        "from re import fullmatch as f\nf('a' '?+', '')",
        "import re\ncell = rb'[^,]*+'\nre.compile(rb'%b(?:,%b)' % (cell, cell))",
        "import re\nname = input()\nre.match(f'{name}++', '')",
        "import re\nre.compile('(a' + '|b)++')",
        "import re\nre.compile(join(['a|', 'b*+']))",
        "PATTERN = 'elsewhere*+'",
        "import re\nre.sub(r'a\\z', '', '')",
    ],
)
def test_each_form_is_found(source: str) -> None:
    assert faults(source)


def test_what_all_versions_match_is_let_pass() -> None:
    source = r"""
import re
word = r"[+*]+?"
re.compile(rf"(?=(a+?{word}))\1b{{2}}\\z")
re.split("a", "prose", maxsplit=1)
"""
    assert faults(source) == []
