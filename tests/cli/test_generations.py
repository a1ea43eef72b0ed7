"""A case's data are never lost unasked: a load says which, and what was before comes back."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import CLUSTER, Bench
from workbench.case.folder import Case
from workbench.errors import WorkbenchError
from workbench.workers.host import analyse

_COUNT = "SELECT count(*) AS n FROM accounts"
_FLAG = ("--verdict", "flag", "--reason", "R-MULTI", "--counter", "none-found")


@pytest.fixture
def extract(tmp_path: Path) -> Path:
    path = tmp_path / "accounts.csv"
    path.write_text("account_id\nb-1\nb-2\n")
    return path


def accounts(bench: Bench, case: Path) -> int:
    return int(bench("sql", case, _COUNT, "--format", "csv").out.split()[-1])


def test_a_load_onto_data_says_what_is_to_become_of_them(
    bench: Bench, case: Path, extract: Path
) -> None:
    before = (case / "case.toml").read_bytes()
    refused = bench("load", case, extract)
    assert refused.code == 2
    assert "holds data already (generation 1" in refused.err
    assert "--append" in refused.err
    assert "--replace" in refused.err
    both = bench("load", case, extract, "--append", "--replace")
    assert both.code == 2
    assert (case / "case.toml").read_bytes() == before
    assert accounts(bench, case) == 40


def test_what_was_replaced_is_brought_back(bench: Bench, case: Path, extract: Path) -> None:
    assert bench("load", case, extract, "--replace").code == 0
    assert accounts(bench, case) == 2
    listed = bench("generations", "list", case, "--format", "csv").out.splitlines()
    assert [line.split(",")[:2] for line in listed[1:]] == [["1", "false"], ["2", "true"]]
    assert "kept        generation 1" in bench("info", case).out
    told = bench("generations", "restore", case, 1)
    assert told.code == 0, told.err
    assert "Generation 1 is in force" in told.err
    assert accounts(bench, case) == 40
    assert bench("generations", "restore", case, 2).code == 0
    assert accounts(bench, case) == 2
    gone = bench("generations", "restore", case, 7)
    assert gone.code == 1
    assert "keeps: 1, 2" in gone.err


def test_what_evidence_rests_on_is_kept_and_what_goes_is_named(
    bench: Bench, case: Path, extract: Path
) -> None:
    assert bench("decide", case, *_FLAG, "--cluster", CLUSTER).code == 0
    assert bench("load", case, extract, "--replace").code == 0
    (extract.parent / "more.csv").write_text("account_id\nc-1\n")
    assert (
        bench("load", case, extract.parent / "more.csv", "--as", "accounts", "--replace").code == 0
    )
    (extract.parent / "more.csv").write_text("account_id\nd-1\n")
    last = bench("load", case, extract.parent / "more.csv", "--as", "accounts", "--replace")
    assert "No longer kept: generation 2" in last.err
    kept = [one.number for one in Case.open(case).manifest.generations]
    assert kept == [1, 3, 4]  # evidence names the first
    assert bench("audit", "verify", case).code == 0


def test_data_stand_where_they_cannot_be_clustered(
    bench: Bench, tmp_path: Path, extract: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise WorkbenchError("The analysis worker ended.", hint="Lower load.memory_mib.")

    fresh = tmp_path / "fresh"
    with monkeypatch.context() as patched:
        patched.setattr(analyse, "ask_once", fail)
        done = bench("load", fresh, extract)
    assert done.code == 1
    assert "The data are in (generation 1), but they were not clustered" in done.err
    assert f"workbench clusters {fresh} --rebuild" in done.err
    assert accounts(bench, fresh) == 2
    assert "none: the data were not clustered" in bench("info", fresh).out
    assert bench("clusters", fresh).code == 0
    assert bench("clusters", fresh, "--rebuild").code == 0
    manifest = Case.open(fresh).manifest
    assert (manifest.generation, manifest.analysis) == (1, 1)


def test_a_rebuild_is_another_analysis_of_the_same_data(bench: Bench, demo_case: Path) -> None:
    before = Case.open(demo_case).manifest
    done = bench("clusters", demo_case, "--rebuild", "--format", "csv", "--members")
    assert f"generation 1, analysis {before.analysis + 1}" in done.err
    after = Case.open(demo_case).manifest
    assert after.current.parts == before.current.parts
    assert after.sources == before.sources
    assert [one.number for one in after.current.analyses] == [1, 2]


def test_nothing_replaces_nothing(bench: Bench, case: Path, tmp_path: Path) -> None:
    (tmp_path / "accounts.csv").write_text("account_id,created_at\nb-1,never\n")
    before = (case / "case.toml").read_bytes()
    refused = bench("load", case, tmp_path / "accounts.csv", "--replace")
    assert refused.code == 1
    assert "1 record rejected" in refused.err
    assert "keeps what it holds" in refused.err
    assert (case / "case.toml").read_bytes() == before
