"""Records of both versions in one ledger: each is judged by its own rules, none is rewritten."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.batteries.bare_python import bare_python
from workbench.audit.log.append import Ledger
from workbench.audit.records.canonical_json import seal

Open = Callable[..., Ledger]
_FIXTURES = Path(__file__).parents[1] / "fixtures"
_RELEASED = sorted((_FIXTURES / "verifiers").iterdir())


def _old_verdict(verifier: Path, ledger: Path, folder: Path) -> tuple[int, dict[str, Any]]:
    """What the stand-alone verifier of a released version answers."""
    place = folder / f"verifier-{verifier.name}"
    if not place.is_dir():
        place.mkdir()
        for path in verifier.glob("*.txt"):
            shutil.copy(path, place / path.stem)
    command = [bare_python(), "-I", "-S", str(place / "verify.py"), str(ledger)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode, json.loads(done.stdout)


def _before(tmp_path: Path) -> Path:
    """The ledger of 0.1.0 in a folder of this test's."""
    case = tmp_path / "case"
    shutil.copytree(_FIXTURES / "versions" / "0.1.0" / "recovered", case)
    return case


@pytest.mark.parametrize("verifier", _RELEASED, ids=lambda path: path.name)
def test_a_verifier_of_version_1_refuses_records_of_version_2(
    verifier: Path, battery: ModuleType, tmp_path: Path
) -> None:
    case = _before(tmp_path)
    ledger = case / "audit.jsonl"
    assert _old_verdict(verifier, ledger, tmp_path)[0] == 0
    before = ledger.read_bytes()
    opened = _opened(case, battery)
    opened.append("note", battery.comment("by the version after it"))
    opened.close()
    assert ledger.read_bytes().startswith(before)
    code, found = _old_verdict(verifier, ledger, tmp_path)
    assert (code, found["ok"]) == (3, False)
    assert battery.judge(case).ok


def _opened(case: Path, battery: ModuleType) -> Ledger:
    first = json.loads((case / "audit.jsonl").read_bytes().splitlines()[0])
    return Ledger.open(
        case / "audit.jsonl", state_dir=case.with_name("state"), case_id=first["body"]["case"],
        who=battery.who("ana", 1001), tool="workbench",
    )  # fmt: skip


def test_every_record_that_is_written_is_of_version_2(
    open_ledger: Open, battery: ModuleType
) -> None:
    ledger = open_ledger()
    battery.fill(ledger, 12, notes_every=6)
    ledger.path.write_bytes(ledger.path.read_bytes() + b'{"body":')
    ledger.append("note", battery.comment("after a torn one"))
    assert {record.fields["v"] for record in ledger.records()} == {2}
    kinds = {record.fields["type"] for record in ledger.records()}
    assert {"open", "decision", "note", "checkpoint", "recovery"} <= kinds


@pytest.mark.parametrize("version", [0, 3, -1, 2**53])
def test_another_version_is_unreadable_to_both(
    version: int, open_ledger: Open, battery: ModuleType
) -> None:
    ledger = open_ledger()
    ledger.append("note", battery.comment("one"))
    lines = ledger.path.read_bytes().splitlines()
    fields = {name: value for name, value in json.loads(lines[-1]).items() if name != "h"}
    ledger.path.write_bytes(lines[0] + b"\n" + seal({**fields, "v": version}))
    report = battery.judge(ledger.path.parent)
    assert "v must be" in report.problems[0]
