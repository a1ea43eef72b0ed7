"""A case and a ledger of every released version are read, checked, opened and gone on with."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.batteries.bare_python import STANDALONE, bare_python, plain_run
from tests.cli.conftest import Sit, sit
from tests.fixtures.versions.observe import OWN_PLAYBOOK, OWN_QUERY, observed, rows, said
from tests.tui.conftest import Opened, opened
from workbench.audit.records.schema import BODIES
from workbench.cli.main import run

__all__ = ["opened", "sit"]
_FIXTURES = Path(__file__).parent / "fixtures" / "versions"
_VERSIONS = sorted(path.parent for path in _FIXTURES.glob("*/expected.json"))
# Git keeps no empty folder.
_FOLDERS = ("audit.d", "rejects", "queries", "exports", "tmp")
_WATCH = ("--verdict", "watch", "--reason", "R-MULTI")


@pytest.fixture(params=_VERSIONS, ids=lambda path: path.name)
def version(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """What one version left, in a folder of this test's with the modes that Git does not keep."""
    folder = tmp_path / "version"
    shutil.copytree(request.param, folder)
    for name in _FOLDERS:
        (folder / "case" / name).mkdir(exist_ok=True)
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o700 if path.is_dir() else 0o600)
    return folder


@pytest.fixture
def case(version: Path) -> Path:
    """The case that the version left."""
    return version / "case"


def _expected(version: Path) -> dict[str, Any]:
    read: dict[str, Any] = json.loads((version / "expected.json").read_text())
    return read


def _standalone(*words: object) -> dict[str, Any]:
    return plain_run(*map(str, words)).found()


def test_there_is_a_version() -> None:
    assert _VERSIONS


def test_a_version_is_read_as_it_was(version: Path, case: Path, tmp_path: Path) -> None:
    before = (case / "audit.jsonl").read_bytes()
    found = observed(case, tmp_path / "looker")
    assert json.loads(json.dumps(found)) == _expected(version)
    assert (case / "audit.jsonl").read_bytes() == before


def test_its_pages_and_lists_are_shown(version: Path, case: Path) -> None:
    expected = _expected(version)
    assert f"{expected['tables']['accounts']} accounts" in said("info", case)
    assert expected["account"] in said("account", case, expected["account"])
    assert OWN_QUERY in said("queries", "list", case)
    assert OWN_PLAYBOOK in said("playbook", "list", case)
    assert len(said("campaigns", "list", case).splitlines()) > expected["campaigns"]


def test_every_record_is_shown_in_a_line_and_whole(version: Path, case: Path) -> None:
    expected = _expected(version)
    assert expected["records"].keys() <= BODIES.keys()
    records = [json.loads(one) for one in said("audit", "show", case, "--limit", 999).splitlines()]
    assert len(records) == sum(expected["records"].values())
    assert len(said("audit", "show", case, "--limit", 999, "--format", "csv").splitlines()) > len(
        records
    )
    one_of_each = {record["type"]: record["id"] for record in records}
    for record_id in one_of_each.values():
        assert record_id in said("audit", "show", case, "--id", record_id)


@pytest.mark.parametrize("place", ["case", "recovered"])
def test_the_stand_alone_verifier_says_the_same(version: Path, place: str) -> None:
    expected = _expected(version)["ledger" if place == "case" else "other"]
    found = _standalone(version / place)
    assert found["problems"] == []
    assert {name: found[name] for name in ("size", "root", "head")} == {
        name: expected[name] for name in ("size", "root", "head")
    }


def test_what_left_the_case_still_fits_it(version: Path, case: Path) -> None:
    """A checkpoint kept elsewhere, its words on paper, the proof of one record."""
    note, words = version / "outside" / "checkpoint.note", version / "outside" / "words.txt"
    size = note.read_text().splitlines()[1]
    said("audit", "verify", case, "--checkpoint", note)
    said("audit", "verify", case, "--words", words.read_text().strip(), "--size", size)
    assert _standalone(case, "--checkpoint", note)["ok"]
    proof = STANDALONE.with_name("proof.py")
    answer = _run_bare(proof, version / "outside" / "proof.json")
    assert answer["ok"]
    # Cut before what the checkpoint covers, it fits no more.
    ledger = case / "audit.jsonl"
    ledger.write_bytes(b"".join(ledger.read_bytes().splitlines(keepends=True)[:9]))
    assert run(["audit", "verify", str(case), "--checkpoint", str(note)]) == 3


def _run_bare(program: Path, *words: Path) -> dict[str, Any]:
    command = [bare_python(), "-I", "-S", str(program), *map(str, words)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


async def test_the_bench_opens_it(version: Path, case: Path, opened: Opened) -> None:
    best = next(iter(rows("clusters", case)))["cluster_id"]
    async with opened(case) as driver:
        await driver.sees("Clusters, most suspicious first", best)


def test_work_goes_on(version: Path, case: Path, sit: Sit) -> None:
    """A decision, an answer to a proposal that was still on its way, and another checkpoint."""
    account = _expected(version)["account"]
    sit("dee")
    said("decide", case, *_WATCH, "--account", account)
    proposal = version / "outside" / "proposal.json"
    asked = json.loads(json.loads(proposal.read_text())["line"])["body"]["decision"]["subject"][
        "id"
    ]
    said("countersign", case, proposal, "--answer", "agree")
    said("audit", "checkpoint", case)
    verdicts = {row["account_id"]: row["verdict"] for row in rows("decisions", case)}
    assert (verdicts[account], verdicts[asked]) == ("watch", "watch")
    found, expected = _standalone(case), _expected(version)["ledger"]
    assert found["problems"] == []
    # The decision, the proposal taken over, the answer to it, the checkpoint.
    assert found["size"] == expected["size"] + 4
    assert said("audit", "verify", case)
