"""A case on write-blocked media can be read and reported on; what it cannot take is said."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import CLUSTER, Bench

_READS = [
    ("info",), ("clusters",), ("decisions",), ("queue",), ("audit", "verify"), ("audit", "show"),
    ("sql", "SELECT count(*) AS n FROM accounts"), ("run", "overview-days"),
    ("playbook", "run", "first-look"), ("report",),
]  # fmt: skip
_WRITES = [
    ("decide", "--cluster", CLUSTER, "--verdict", "flag", "--reason", "R-MULTI", "--counter",
     "none-found"),
    ("claim", "--cluster", CLUSTER), ("clusters", "--rebuild"),
]  # fmt: skip


def _blocked() -> bool:
    """Whether this user may mount a folder read-only in a namespace of his own."""
    asked = subprocess.run(["unshare", "-m", "true"], check=False, capture_output=True)
    return asked.returncode == 0 and os.geteuid() == 0


@pytest.mark.skipif(not _blocked(), reason="mounting a folder read-only needs root")
def test_reading_works_and_writing_is_refused_with_a_sentence(case: Path, tmp_path: Path) -> None:
    def words(command: tuple[str, ...]) -> list[str]:
        two = command[0] in ("audit", "playbook")
        head, rest = command[: 1 + two], command[1 + two :]
        out = ["-o", str(tmp_path / "packet")] if command == ("report",) else []
        return [sys.executable, "-m", "workbench", *head, str(case), *rest, *out]

    script = f'mount --bind "{case}" "{case}" && mount -o remount,ro,bind "{case}" && exec "$@"'
    before = {path: path.stat().st_mtime_ns for path in case.rglob("*")}
    for command, allowed in [*((one, True) for one in _READS), *((one, False) for one in _WRITES)]:
        ran = subprocess.run(
            ["unshare", "-m", "bash", "-c", script, "bash", *words(command)],
            check=False, capture_output=True, text=True, timeout=120,
        )  # fmt: skip
        assert (ran.returncode == 0) == allowed, (command, ran.stderr)
        assert "Traceback" not in ran.stderr
        if not allowed:
            assert "read-only" in ran.stderr.lower(), ran.stderr
    assert (tmp_path / "packet" / "report.md").exists()
    assert {path: path.stat().st_mtime_ns for path in case.rglob("*")} == before


def test_a_case_that_is_written_to_says_nothing(bench: Bench, case: Path) -> None:
    assert "read-only" not in bench("info", case).err
