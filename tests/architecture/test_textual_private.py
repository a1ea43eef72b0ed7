"""The inside of Textual is touched in `tui/textual_ext` alone, and is as it was written for."""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
import re
import tomllib
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

import pytest
import textual
from rich.console import Console
from rich.style import Style

from workbench.tui import textual_ext

ROOT = Path(__file__).resolve().parents[2]
TUI = ROOT / "workbench" / "tui"
OUTSIDE = sorted(path for path in TUI.rglob("*.py") if path.parent.name != "textual_ext")
INSIDE = sorted((TUI / "textual_ext").glob("*.py"))


def textual_names() -> set[str]:
    """Every private name of Textual's modules and classes, and of Rich's that it draws with."""
    found: set[str] = set()
    for module in pkgutil.walk_packages(textual.__path__, "textual."):
        if (
            ".demo" in module.name
            or "tree_sitter" in module.name
            or module.name.endswith("__main__")
        ):
            continue
        try:
            loaded = importlib.import_module(module.name)
        except ImportError:  # of another system, or of something that is not installed
            continue
        found |= {name for name in vars(loaded) if name.startswith("_")}
        for _, kind in inspect.getmembers(loaded, inspect.isclass):
            if kind.__module__.startswith("textual"):
                found |= {name for name in dir(kind) if name.startswith("_")}
                found |= set(re.findall(r"self\.(_[a-z]\w*)", inspect.getsource(kind)))
    for part in (Console, Style):
        found |= {name for name in dir(part) if name.startswith("_")}
        found |= set(re.findall(r"self\.(_[a-z]\w*)", inspect.getsource(part)))
    return {name for name in found if not name.startswith("__")}


@pytest.fixture(scope="module")
def private() -> set[str]:
    return textual_names()


def uses(tree: ast.Module) -> Iterator[tuple[int, str, bool]]:
    """Private names that a module takes or defines: line, name, whether of something else's."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and re.match(r"_[a-z]", node.attr):
            own = isinstance(node.value, ast.Name) and node.value.id in ("self", "cls")
            yield node.lineno, node.attr, not own
        elif isinstance(node, ast.ImportFrom) and re.search(r"textual\._", node.module or ""):
            yield node.lineno, node.module or "", True


def defined(tree: ast.Module) -> set[str]:
    """Private names that our own classes give themselves."""
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            names.add(node.name)
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            names.add(node.attr)
    return names


@pytest.mark.parametrize("path", OUTSIDE, ids=lambda path: str(path.relative_to(TUI)))
def test_nothing_else_touches_the_inside(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    taken = {f"line {line}: {name}" for line, name, foreign in uses(tree) if foreign}
    assert taken == set(), "a private name of something else"
    name = ".".join(("workbench", "tui", *path.relative_to(TUI).with_suffix("").parts))
    module = importlib.import_module(name.removesuffix(".__init__"))
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef) and hasattr(module, node.name):
            body = ast.Module(node.body, [])
            own = {one for _, one, _ in uses(body)} | defined(body)
            assert not own & names_of_bases(getattr(module, node.name)), "it hides one of Textual's"


def names_of_bases(kind: type) -> set[str]:
    """Private names that Textual's bases of a class have."""
    found: set[str] = set()
    for base in kind.__mro__:
        if base.__module__.startswith("textual"):
            found |= {one for one in vars(base) if re.match(r"_[a-z]", one)}
            found |= set(re.findall(r"self\.(_[a-z]\w*)", inspect.getsource(base)))
    return found


@pytest.mark.parametrize("path", INSIDE, ids=lambda path: path.name)
def test_what_is_touched_is_there(path: Path, private: set[str]) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    own = defined(tree)
    for line, name, foreign in uses(tree):
        if name.startswith("textual."):
            importlib.import_module(name)
        elif foreign or name not in own:
            assert name in private, f"line {line}: Textual has no {name} any more"


def test_the_version_is_the_one_this_was_written_for() -> None:
    with (ROOT / "pyproject.toml").open("rb") as file:
        wanted = tomllib.load(file)["project"]["dependencies"]
    assert f"textual=={textual_ext.TEXTUAL_VERSION}" in wanted
    assert version("textual") == textual_ext.TEXTUAL_VERSION
