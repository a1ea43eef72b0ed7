"""What a process may load, seen from outside it."""

from __future__ import annotations

import subprocess
import sys

import pytest

ENGINES = {"duckdb", "polars", "numpy", "igraph", "nanoarrow", "pyarrow"}


def _loaded(statement: str) -> set[str]:
    code = f"import sys\n{statement}\nprint(' '.join(sorted(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    return {name.split(".")[0] for name in done.stdout.split()}


def test_bench_loads_no_engine() -> None:
    screens = (
        "import pkgutil, importlib, workbench.tui as t\n"
        "for m in pkgutil.walk_packages(t.__path__, 'workbench.tui.'):\n"
        "    importlib.import_module(m.name)"
    )
    assert not _loaded(screens) & ENGINES


def test_command_line_loads_neither_engine_nor_screens() -> None:
    commands = (
        "from workbench.cli.commands import COMMANDS\nfor command in COMMANDS.values(): command()"
    )
    loaded = _loaded(commands)
    assert not loaded & ENGINES
    assert "textual" not in loaded


@pytest.mark.parametrize("module", ["workbench.audit.log.append", "workbench.audit.log.verify"])
def test_ledger_stands_on_the_standard_library(module: str) -> None:
    before = _loaded("import workbench")
    extra = _loaded(f"import {module}") - before
    assert not {name for name in extra if name not in sys.stdlib_module_names}
