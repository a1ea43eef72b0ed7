"""One rule says how many threads a worker takes, whatever it does."""

from __future__ import annotations

import ast
import os
from pathlib import Path

import pytest

from workbench import settings
from workbench.case.folder import Case
from workbench.case.generations import Staging
from workbench.settings import EngineSettings, LoadSettings, thread_count
from workbench.workers.host import analyse, load
from workbench.workers.protocol import Message

PACKAGE = Path(settings.__file__).parent


@pytest.fixture(params=[1, 2, 8, 64])
def processors(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    count: int = request.param
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: set(range(count)))
    return count


def test_every_worker_takes_as_many(
    processors: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Message] = []

    def note(name: str, message: Message, *rest: object, threads: int = 0) -> Message:
        asked.append(message | {"threads of polars": threads})
        return {"revision": "1"}

    monkeypatch.setattr(analyse, "ask_once", note)
    staging = Staging(tmp_path, 1, -1)
    monkeypatch.setattr(Case, "check_store", lambda case: None)
    case = Case.create(tmp_path / "case")
    analyse.analyse_case(case, staging, LoadSettings(), previous=None)
    loading = load.load_message(None, staging, (), load.LoadOptions(), LoadSettings())
    wanted = min(processors, 8)
    assert asked[0]["threads"] == asked[0]["threads of polars"] == loading["threads"] == wanted
    assert EngineSettings().thread_count == wanted
    assert EngineSettings(threads=3).thread_count == thread_count(3) == 3


def test_nobody_else_counts_processors() -> None:
    counting = {"cpu_count", "process_cpu_count", "sched_getaffinity"}
    found = {
        module.name
        for module in PACKAGE.rglob("*.py")
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute | ast.alias)
        and (node.attr if isinstance(node, ast.Attribute) else node.name) in counting
    }
    # One command says how many the host has; the ledger's verifier stands on its own.
    assert found == {"settings.py", "doctor.py", "verify.py"}
