"""Acts that the policy wants on record: exports, the clipboard, reveals, reports."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Bench
from workbench.case.folder import Case
from workbench.decisions.policy_hooks import note_clipboard, note_export, note_report, note_reveal
from workbench.decisions.service import CaseService
from workbench.errors import WorkbenchError
from workbench.settings import load_settings

_SQL = "SELECT account_id, status FROM accounts ORDER BY account_id"


@pytest.fixture
def service(case: Path) -> Iterator[CaseService]:
    service = CaseService(Case.open(case), load_settings())
    yield service
    service.close()


def _last(service: CaseService) -> dict[str, Any]:
    fields: dict[str, Any] = service.read(lambda ledger: list(ledger.records())[-1].fields)
    return fields


def _govern(bench: Bench, case: Path, tmp_path: Path, *acts: str) -> None:
    policy = tmp_path / "policy.toml"
    policy.write_text(f"[acts]\nrecorded = {list(acts)}\n")
    assert bench("audit", "policy", case, "--set", policy, "--reason", "test").code == 0


@pytest.mark.parametrize("form", ["csv", "jsonl", "parquet", "table"])
def test_a_result_that_becomes_a_file_is_a_record(
    form: str, bench: Bench, case: Path, service: CaseService, tmp_path: Path
) -> None:
    target = tmp_path / "out"
    assert bench("sql", case, _SQL, "--format", form, "-o", target).code == 0
    record = _last(service)
    assert record["type"] == "export"
    body = record["body"]
    assert (body["format"], body["path"], body["rows"]) == (form, str(target), 40)
    assert body["columns"] == ["account_id", "status"]
    assert body["sha256"] == hashlib.sha256(target.read_bytes()).hexdigest()
    assert body["what"] == f"SQL {hashlib.sha256(_SQL.encode()).hexdigest()}"


def test_a_list_of_the_ledger_that_becomes_a_file_is_a_record(
    bench: Bench, case: Path, service: CaseService, tmp_path: Path
) -> None:
    bench("decide", case, "--verdict", "watch", "--reason", "R-OTHER", "--account", "a-01")
    target = tmp_path / "out.csv"
    for words in (["decisions"], ["queue"], ["lists", "show"], ["comment"]):
        assert bench(*words, case, "-o", target).code == 0
        body = _last(service)["body"]
        assert body["what"] == " ".join(["workbench", *words])
        assert body["sha256"] == hashlib.sha256(target.read_bytes()).hexdigest()
    size = service.position()[1]
    assert bench("decisions", case).code == 0
    assert service.position()[1] == size


def test_what_is_only_looked_at_is_no_export(
    bench: Bench, case: Path, service: CaseService
) -> None:
    assert bench("sql", case, _SQL).code == 0
    assert bench("sql", case, _SQL, "--format", "jsonl").code == 0
    assert service.position()[1] == 0


def test_stdout_into_a_file_is_an_export(case: Path, service: CaseService, tmp_path: Path) -> None:
    words = [sys.executable, "-m", "workbench", "run", str(case), "clusters-list"]
    with (tmp_path / "out").open("wb") as out:
        subprocess.run([*words, "--format", "csv"], stdout=out, check=True)
    body = _last(service)["body"]
    assert (body["what"], body["path"]) == ("clusters-list", "stdout")


def test_what_cannot_be_recorded_does_not_leave(bench: Bench, case: Path, tmp_path: Path) -> None:
    bench("decide", case, "--verdict", "watch", "--reason", "R-OTHER", "--account", "a-01")
    ledger = case / "audit.jsonl"
    ledger.write_bytes(ledger.read_bytes().replace(b"R-OTHER", b"R-MULTI"))
    target = tmp_path / "out.csv"
    assert bench("sql", case, _SQL, "-o", target).code == 3
    assert not target.exists()


def test_acts_outside_the_policy_leave_no_record(
    bench: Bench, case: Path, service: CaseService, tmp_path: Path
) -> None:
    _govern(bench, case, tmp_path, "report")
    before = service.position()[1]
    assert note_export(service, "x", "csv", "/x", rows=1, columns=[]) == ""
    assert note_clipboard(service, "cell", "a-01") == ""
    assert note_reveal(service, ["prompt"], "account", "a-01", "to read it") == ""
    assert service.position()[1] == before
    assert note_report(service, "packet", "C-test01", "/packet", files=3) == _last(service)["id"]


def test_governed_acts_name_what_was_done(service: CaseService) -> None:
    assert note_clipboard(service, "cell", "a-01\ud800", entity="account") == _last(service)["id"]
    assert _last(service)["body"]["chars"] == 5
    assert note_reveal(service, ["prompt"], "account", "a-01", "to read it") == _last(service)["id"]
    assert _last(service)["type"] == "reveal"
    columns = [f"{'c' * 300}{number}" for number in range(200)]
    note_export(service, "w" * 300, "csv", "/" + "p" * 2000, rows=2, columns=columns)
    assert len(_last(service)["body"]["columns"]) == 128


def test_a_ledger_that_cannot_be_written_refuses_the_act(
    service: CaseService, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(handle: int, data: bytes) -> int:
        raise OSError(28, "No space left on device")

    note_clipboard(service, "cell", "a-01")
    monkeypatch.setattr("os.write", full)
    with pytest.raises(WorkbenchError, match="No space left"):
        note_clipboard(service, "cell", "a-02")
