"""A load that is told to end, or killed, leaves the case as it was and its disk space free."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Bench
from workbench.case.folder import Case
from workbench.case.generations import begin

# The real command, which says when a load or a clustering is under way.
PROGRAM = """
import signal, sys
if "keep" not in sys.argv[1]:  # whoever runs the tests may ignore it
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
import workbench.cli.load_progress as building, workbench.workers.host.load as loading
from workbench.__main__ import main
def announced(work):
    def announce(*arguments, **options):
        print("begun", flush=True)
        return work(*arguments, **options)
    return announce
phase = sys.argv.pop(1).removesuffix(" keep")
module, name = {"load": (loading, "ask"), "cluster": (building, "analyse_case")}[phase]
setattr(module, name, announced(getattr(module, name)))
main()
"""
HEAD = "account_id,created_at,email,signup_ip\n"
ROW = "a-{},2026-03-01T10:00:00Z,n{}@example.com,203.0.113.7\n"


@pytest.fixture
def extract(tmp_path: Path) -> Path:
    path = tmp_path / "accounts.csv"
    path.write_text(HEAD + "".join(ROW.format(n, n) for n in range(3000)))
    return path


def _begin(phase: str, *words: object) -> subprocess.Popen[bytes]:
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, phase, *map(str, words)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stdout.readline() == b"begun\n"
    return process


def _end(process: subprocess.Popen[bytes], number: int) -> tuple[int, bytes]:
    process.send_signal(number)
    _, talk = process.communicate(timeout=60)
    return process.returncode, talk


def _tree(case: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(case)): path.read_bytes() for path in case.rglob("*") if path.is_file()
    }


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_load_that_is_stopped_cleans_up(case: Path, extract: Path, number: int) -> None:
    before = _tree(case)
    code, talk = _end(_begin("load", "load", case, extract, "--append"), number)
    assert code == 128 + number
    assert talk.decode().strip() == "Cancelled: Interrupted; nothing was left half done."
    assert list((case / "tmp").glob("load-*")) == []
    after = _tree(case)
    del after["tmp/load.lock"]
    before.pop("tmp/load.lock", None)
    assert after == before


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_what_was_loaded_stands_where_clustering_is_stopped(
    case: Path, extract: Path, number: int
) -> None:
    code, talk = _end(_begin("cluster", "load", case, extract, "--replace"), number)
    assert code == 128 + number
    assert b"The data are in (generation 2), but they were not clustered" in talk
    assert b"clusters " in talk
    assert list((case / "tmp").glob("load-*")) == []
    now = Case.open(case)
    assert (now.manifest.generation, now.manifest.analysis) == (2, 0)
    now.verify_store()
    assert not list(case.glob("analysis-*"))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_case_that_was_made_for_it_goes_too(tmp_path: Path, extract: Path, number: int) -> None:
    code, _ = _end(_begin("load", "load", tmp_path / "fresh", extract), number)
    assert code == 128 + number
    assert not (tmp_path / "fresh").exists()


def test_what_was_ignored_stays_ignored(tmp_path: Path, extract: Path) -> None:
    fresh = tmp_path / "fresh"
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        process = _begin("load keep", "load", fresh, extract)
    finally:
        signal.signal(signal.SIGHUP, before)
    code, talk = _end(process, signal.SIGHUP)
    assert code == 0, talk
    assert Case.open(fresh).manifest.generation == 1


def test_what_a_killed_load_left_is_named_and_swept(
    bench: Bench, case: Path, extract: Path
) -> None:
    process = _begin("load", "load", case, extract, "--append")
    (left,) = (case / "tmp").glob("load-*-*")
    (left / "spill" / "big").write_bytes(bytes(3 << 20))
    code, _ = _end(process, signal.SIGKILL)
    assert code == -signal.SIGKILL
    assert left.exists()
    told = bench("info", case).out
    assert f"left over   tmp/{left.name} of a load that was killed, 3." in told
    assert "now removed" in told
    assert not left.exists()
    assert "left over" not in bench("info", case).out


def test_a_load_that_runs_is_not_swept(bench: Bench, case: Path) -> None:
    staging = begin(Case.open(case))
    try:
        assert "left over" not in bench("info", case).out
        assert staging.folder.exists()
    finally:
        staging.discard()


@pytest.mark.skipif(os.getuid() == 0, reason="file modes mean nothing to root")
def test_what_cannot_be_removed_is_named(bench: Bench, case: Path) -> None:
    (case / "tmp").mkdir(exist_ok=True)
    left = case / "tmp" / "load-1-abcd"
    left.mkdir()
    (left / "store.duckdb").write_bytes(bytes(1 << 20))
    left.chmod(0o500)
    try:
        assert "which cannot be removed" in bench("info", case).out
    finally:
        left.chmod(0o700)
