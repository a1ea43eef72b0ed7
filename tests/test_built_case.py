"""The shared demo case is made by the code under test, never one that an earlier run left."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import folder_of_this_run


def test_the_folder_is_of_this_run_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    run, worker = tmp_path / "pytest-7", tmp_path / "pytest-7" / "popen-gw0"
    for own, name in ((run, ""), (worker, "gw0")):
        monkeypatch.setattr(tmp_path_factory, "getbasetemp", lambda own=own: own)
        if name:
            monkeypatch.setenv("PYTEST_XDIST_WORKER", name)
        else:
            monkeypatch.delenv("PYTEST_XDIST_WORKER", raising=False)
        assert folder_of_this_run(tmp_path_factory) == run
