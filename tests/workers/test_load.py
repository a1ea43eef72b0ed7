"""Loads through the sandboxed worker: commits, refusals, interrupts, previews."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path

import duckdb
import pytest

from workbench.case.folder import Case
from workbench.case.generations import Staging
from workbench.errors import UsageError, WorkbenchError
from workbench.settings import LoadSettings
from workbench.workers import sandbox
from workbench.workers.host.load import LoadOptions, load_case, preview_case
from workbench.workers.protocol import Message

SETTINGS = LoadSettings(memory_mib=512)
REPLACE = LoadOptions(replace=True)


@pytest.fixture
def accounts(tmp_path: Path) -> Path:
    path = tmp_path / "accounts.csv"
    path.write_text("account_id,email\na1,x@one.io\na2,y@two.io\n,nobody@x.io\n")
    return path


def ids(case: Case) -> list[str]:
    with duckdb.connect(str(case.parts.data[0]), read_only=True) as connection:
        return [row[0] for row in connection.execute("SELECT account_id FROM accounts").fetchall()]


def test_a_load_makes_a_case(tmp_path: Path, accounts: Path) -> None:
    loaded = load_case(tmp_path / "case", [accounts], LoadOptions(name="Blue"), SETTINGS)
    case, summary = loaded.case, loaded.summary
    assert ids(case) == ["a1", "a2"]
    assert (case.manifest.name, case.manifest.generation) == ("Blue", 1)
    assert summary["rejected"] == 1
    entry = json.loads(case.rejects_path.read_text())
    assert (entry["source"], entry["line"], entry["raw"]) == (str(accounts), 4, ",nobody@x.io")
    assert case.digest_is_cached()
    assert [path.name for path in (case.root / "tmp").iterdir()] == ["load.lock"]


def test_a_second_load_replaces_and_append_adds(tmp_path: Path, accounts: Path) -> None:
    folder = tmp_path / "case"
    load_case(folder, [accounts], LoadOptions(), SETTINGS)
    other = tmp_path / "more_accounts.jsonl"
    other.write_text('{"account_id":"b1"}\n{broken\n')
    case = load_case(folder, [other], LoadOptions(append=True), SETTINGS).case
    assert ids(case) == ["a1", "a2", "b1"]
    assert [source.generation for source in case.manifest.sources] == [1, 2]
    assert len(case.rejects_path.read_text().splitlines()) == 2
    case = load_case(folder, [other], REPLACE, SETTINGS).case
    assert ids(case) == ["b1"]
    assert case.manifest.generation == 3


def test_relative_paths_are_read_from_where_the_analyst_stands(
    tmp_path: Path, accounts: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    case = load_case(Path("case"), [Path(accounts.name)], LoadOptions(), SETTINGS).case
    assert case.manifest.sources[0].path == "accounts.csv"


def test_a_refused_load_leaves_the_case_as_it_was(tmp_path: Path, accounts: Path) -> None:
    case = load_case(tmp_path / "case", [accounts], LoadOptions(), SETTINGS).case
    before = (case.root / "case.toml").read_bytes()
    bad = tmp_path / "exchanges.csv"
    bad.write_text("account,ts\na,2026-01-01\n")
    with pytest.raises(WorkbenchError, match="a mapping to exchanges is proposed"):
        load_case(case.root, [bad], REPLACE, SETTINGS)
    with pytest.raises(WorkbenchError, match="mapping"):
        load_case(case.root, [bad], LoadOptions(mapping="[exchange]", replace=True), SETTINGS)
    assert (case.root / "case.toml").read_bytes() == before
    assert ids(Case.open(case.root)) == ["a1", "a2"]


def test_a_refused_first_load_leaves_no_case(tmp_path: Path) -> None:
    with pytest.raises(WorkbenchError, match="no file"):
        load_case(tmp_path / "case", [tmp_path / "nothing.csv"], LoadOptions(), SETTINGS)
    assert not (tmp_path / "case").exists()


def test_an_interrupt_leaves_the_case_as_it_was(tmp_path: Path, accounts: Path) -> None:
    case = load_case(tmp_path / "case", [accounts], LoadOptions(), SETTINGS).case

    def interrupt(message: Message) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        load_case(case.root, [accounts], REPLACE, SETTINGS, on_progress=interrupt)
    again = Case.open(case.root)
    assert again.manifest.generation == 1
    assert [path.name for path in (case.root / "tmp").iterdir()] == ["load.lock"]


def test_a_killed_load_is_swept_by_the_next(tmp_path: Path, accounts: Path) -> None:
    case = load_case(tmp_path / "case", [accounts], LoadOptions(), SETTINGS).case
    child = os.fork()
    if child == 0:
        load_case(
            case.root, [accounts], REPLACE, SETTINGS,
            on_progress=lambda _: os.kill(os.getpid(), signal.SIGKILL),
        )  # fmt: skip
        os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
    assert list((case.root / "tmp").glob("load-*-*"))
    assert Case.open(case.root).manifest.generation == 1
    case = load_case(case.root, [accounts], REPLACE, SETTINGS).case
    assert case.manifest.generation == 2
    assert not list((case.root / "tmp").glob("load-*-*"))


def _analyse(case: Case, staging: Staging, previous: Path | None) -> str:
    assert previous == (case.root / "analysis-1-1.duckdb" if case.manifest.generation > 1 else None)
    with duckdb.connect(str(staging.analysis_path)) as connection:
        connection.execute("CREATE TABLE traits AS SELECT 1 AS n")
    return "revision 7"


def test_the_analysis_is_a_part_of_its_own(tmp_path: Path, accounts: Path) -> None:
    folder = tmp_path / "case"
    case = load_case(folder, [accounts], LoadOptions(), SETTINGS, analyse=_analyse).case
    assert (case.manifest.generation, case.manifest.analysis) == (1, 1)
    assert case.manifest.revision == "revision 7"
    assert [part.name for part in case.manifest.files] == ["store-1.duckdb", "analysis-1-1.duckdb"]
    case.verify_store()
    case = load_case(folder, [accounts], REPLACE, SETTINGS, analyse=_analyse).case
    assert case.parts.analysis == folder / "analysis-2-1.duckdb"


def test_what_was_loaded_stands_where_clustering_fails(tmp_path: Path, accounts: Path) -> None:
    def analyse(case: Case, staging: Staging, previous: Path | None) -> str:
        assert Case.open(case.root).manifest.generation == 1  # committed already
        raise WorkbenchError("The clustering failed.")

    loaded = load_case(tmp_path / "case", [accounts], LoadOptions(), SETTINGS, analyse=analyse)
    assert loaded.failure is not None
    assert loaded.failure.message == "The clustering failed."
    assert (loaded.case.manifest.generation, loaded.case.manifest.analysis) == (1, 0)
    assert ids(Case.open(tmp_path / "case")) == ["a1", "a2"]


def test_data_are_never_replaced_unasked(tmp_path: Path, accounts: Path) -> None:
    case = load_case(tmp_path / "case", [accounts], LoadOptions(), SETTINGS).case
    before = (case.root / "case.toml").read_bytes()
    with pytest.raises(UsageError, match="holds data already") as caught:
        load_case(case.root, [accounts], LoadOptions(), SETTINGS)
    assert "--append" in caught.value.hint
    assert "--replace" in caught.value.hint
    assert (case.root / "case.toml").read_bytes() == before


def test_a_preview_makes_nothing(tmp_path: Path, accounts: Path) -> None:
    answer = preview_case([accounts], LoadOptions(), SETTINGS)
    [table] = answer["tables"]
    assert table["table"] == "accounts"
    assert table["columns"] == [["account_id", "account_id", 0.0], ["email", "email", 0.0]]
    assert table["rows"] == [["a1", "x@one.io"], ["a2", "y@two.io"]]
    [[words, records]] = table["rejected"]
    assert "account_id" in words
    assert records == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["accounts.csv"]


def test_a_file_name_that_is_not_utf8_loads(tmp_path: Path, accounts: Path) -> None:
    odd = accounts.rename(os.fsdecode(os.fsencode(tmp_path) + b"/accounts\xff[1].csv"))
    case = load_case(tmp_path / "case", [odd], LoadOptions(), SETTINGS).case
    assert ids(case) == ["a1", "a2"]
    assert case.manifest.sources[0].path.endswith("accounts\\xff[1].csv")


def test_a_link_out_of_a_folder_is_refused_by_name(tmp_path: Path, accounts: Path) -> None:
    folder = tmp_path / "extract"
    folder.mkdir()
    (folder / "accounts.csv").symlink_to(accounts)
    if sandbox.landlock_abi() >= 1:
        with pytest.raises(WorkbenchError, match="a link, and links in a folder are not followed"):
            load_case(tmp_path / "case", [folder], LoadOptions(), SETTINGS)
    case = load_case(tmp_path / "case", [folder / "accounts.csv"], LoadOptions(), SETTINGS).case
    assert ids(case) == ["a1", "a2"]
