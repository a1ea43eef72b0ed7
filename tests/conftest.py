"""Fixtures that several packages share: a demo case made once, a private state folder."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def _private_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test reads or writes the analyst's own folders."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "xdg-state"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "xdg-config"))


def run_workbench(
    *arguments: str | Path, timeout: float | None = 300, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run a command line in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "workbench", *map(str, arguments)],
        capture_output=True, text=True, timeout=timeout, stdin=subprocess.DEVNULL,
        env={**os.environ, **environment}, check=False,
    )  # fmt: skip


def folder_of_this_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The temporary folder that all test processes of this run share, and no other run.

    Above it lies what earlier runs left, made by the code of their day.
    """
    own = tmp_path_factory.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


@pytest.fixture(scope="session")
def built_case(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo case, loaded and clustered once in this run; nobody writes into it."""
    shared = folder_of_this_run(tmp_path_factory) / "workbench-demo"
    folder = shared / "case"
    lock = shared.with_suffix(".lock")
    import fcntl

    with lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)  # one build for all test processes
        if not (shared / "done").exists():
            shutil.rmtree(shared, ignore_errors=True)
            shared.mkdir(parents=True)
            done = run_workbench("demo", "--case", folder, XDG_STATE_HOME=str(shared / "state"))
            assert done.returncode == 0, done.stderr
            (shared / "digest.txt").write_text(done.stdout)
            (shared / "done").touch()
    return folder


@pytest.fixture
def demo_case(built_case: Path, tmp_path: Path) -> Path:
    """A copy of the demo case that a test may write into."""
    folder = tmp_path / "case"
    shutil.copytree(built_case, folder)
    return folder
