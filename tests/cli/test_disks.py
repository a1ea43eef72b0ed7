"""What a disk or a folder refuses is a sentence and exit code 1, never a traceback."""

from __future__ import annotations

import errno
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Bench
from workbench.audit.log.witness import Mark, Witness
from workbench.case.folder import Case
from workbench.decisions.collaboration import comment
from workbench.decisions.describe import head_lines
from workbench.decisions.service import CaseService
from workbench.settings import load_settings

EXTRACT = "account_id,created_at\na,2026-05-01\n"


@pytest.mark.parametrize(
    ("words", "code", "why"),
    [
        (("load", "{file}/case", "{file}"), 1, "Not a directory"),
        (("synth", "{file}/world"), 1, "The generator failed: Not a directory"),
        (("report", "{case}", "-o", "{file}/packet"), 1, "Not a directory"),
        (("run", "{case}", "overview-days", "-o", "{file}/rows.csv"), 1, "Not a directory"),
        (("run", "{case}", "resurrected", "-p", "since=-99999999999d"), 2, "is not a time"),
        (("run", "{case}", "resurrected", "-p", "since=0001-01-01T00:00+14:00"), 2, "not a time"),
    ],
)
def test_refusals_are_sentences(
    bench: Bench, case: Path, tmp_path: Path, words: tuple[str, ...], code: int, why: str
) -> None:
    file = tmp_path / "accounts.csv"
    file.write_text(EXTRACT)
    ran = bench(*(word.format(file=file, case=case) for word in words))
    assert ran.code == code
    assert why in ran.err
    assert "Errno" not in ran.err


def test_a_state_folder_that_cannot_be_made(
    bench: Bench, case: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "file"))
    ran = bench("info", case)
    assert (ran.code, ran.out) == (1, "")
    assert "Not a directory" in ran.err


def test_settings_that_cannot_be_read(
    bench: Bench, case: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "config" / "workbench" / "settings.toml").mkdir(parents=True)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    ran = bench("info", case)
    assert ran.code == 2
    assert "settings.toml cannot be read: Is a directory" in ran.err


def test_a_mark_that_cannot_be_kept_is_told(case: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the mark a ledger that is cut or rewritten goes unnoticed at the next start."""

    def refuse(_marks: Witness, _mark: Mark) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    service = CaseService(Case.open(case), load_settings())
    try:
        with monkeypatch.context() as full:
            full.setattr(Witness, "write", refuse)
            comment(service, "account", "a-01", "first")
            assert any("could not be kept (No space" in words for words, _ in head_lines(service))
        comment(service, "account", "a-01", "second")
        assert not any("could not be kept" in words for words, _ in head_lines(service))
    finally:
        service.close()


@pytest.mark.parametrize("form", ["table", "csv"])
def test_a_full_disk_behind_stdout(form: str) -> None:
    command = [sys.executable, "-m", "workbench", "queries", "list", "--format", form]
    with open("/dev/full", "w") as full:
        ended = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True)
    assert ended.returncode == 1
    assert ended.stderr.splitlines()[0] == (
        "This could not be done: No space left on device: stdout."
    )
    assert "Traceback" not in ended.stderr
    assert "Exception ignored" not in ended.stderr
