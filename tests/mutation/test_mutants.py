"""Faults are small, in the right place, the same each time, and the file still parses."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.mutation.areas import AREAS, ROOT
from tests.mutation.bench import Measured
from tests.mutation.mutants import mutants

SOURCES = [name for area in ("workers", "case", "shell") for name in AREAS[area].sources()]


def changed(text: str) -> list[str]:
    """Every fault of a text."""
    source = text.encode()
    return [one.applied(source).decode() for one in mutants(source)]


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        ("a = b < c", {"a = (b <= c)", "a = (b >= c)"}),
        ("if not done: go()", {"if (done): go()", "if not done: pass"}),
        ("x = p and q", {"x = (p or q)", "x = (p)", "x = (q)"}),
        ("n = 3", {"n = (4)", "n = (2)"}),
        ("n = 0.0", {"n = (1.0)"}),
        ("f = True", {"f = (False)"}),
        ("g(a, b)", {"(g(b, a))", "pass"}),
        ("m = max(a, b)", set()),
        ("m = g(a, a)", set()),
        ("m = g(k=v)", {"m = (g())"}),
        ("self.a = b", {"pass"}),
        ("with lock:\n    go()", {"if True:\n    go()", "with lock:\n    pass"}),
        ("async def f():\n    await g()",
         {"async def f():\n    pass", "async def f():\n    (g())"}),
        ("def f():\n    return 'x'", {"def f():\n    return None"}),
        ("try:\n    a\nexcept E:\n    b()", {"try:\n    a\nexcept E:\n    raise",
                                           "try:\n    a\nexcept E:\n    pass"}),
        ("'é' ; x = a + b", {"'é' ; x = (a - b)"}),
        ('"""A docstring."""\nx: int', set()),
        ("y = f'{a + 1}'", set()),
    ],
)  # fmt: skip
def test_the_faults_of_a_text(text: str, faults: set[str]) -> None:
    assert set(changed(text)) == faults


@pytest.mark.parametrize("name", SOURCES)
def test_every_fault_of_a_file_parses_and_changes_it(name: str) -> None:
    source = (ROOT / name).read_bytes()
    made = mutants(source)
    assert made == mutants(source)
    before = ast.dump(ast.parse(source))
    for one in made:
        assert ast.dump(ast.parse(one.applied(source))) != before
        assert source[: one.start].count(b"\n") + 1 >= one.line


def test_every_area_has_files_and_tests() -> None:
    for area in AREAS.values():
        assert area.sources()
        assert all(Path(ROOT, path).exists() for path in area.test_paths())


def test_the_fastest_tests_that_run_a_statement_come_first() -> None:
    known = Measured(
        {"a.py": {3: ["slow", "fast"], 4: ["fixed"], 9: ["other"]}},
        {"slow": 2.0, "fast": 0.1, "fixed": 0.1, "fixture x": 5.0, "other": 1.0},
        {"fixed": ["fixture x"]},
    )
    assert known.tests_of("a.py", 3, 4, inside=True) == ["fast", "slow", "fixed"]
    assert known.tests_of("a.py", 1, 1, inside=False) == ["fast", "other", "slow", "fixed"]
    assert known.tests_of("b.py", 1, 1, inside=True) == []
    assert known.cost(["fast", "fixed"]) == pytest.approx(5.2)
