"""Loads through the sandboxed worker: commits, refusals, interrupts, previews."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path

import duckdb
import pytest

from workbench.case.folder import Case
from workbench.errors import WorkbenchError
from workbench.settings import LoadSettings
from workbench.workers import sandbox
from workbench.workers.host.load import LoadOptions, load_case, preview_case
from workbench.workers.protocol import Message

SETTINGS = LoadSettings(memory_mib=512)


@pytest.fixture
def accounts(tmp_path: Path) -> Path:
    path = tmp_path / "accounts.csv"
    path.write_text("account_id,email\na1,x@one.io\na2,y@two.io\n,nobody@x.io\n")
    return path


def ids(case: Case) -> list[str]:
    with duckdb.connect(str(case.store_path), read_only=True) as connection:
        return [row[0] for row in connection.execute("SELECT account_id FROM accounts").fetchall()]


def test_a_load_makes_a_case(tmp_path: Path, accounts: Path) -> None:
    case, summary = load_case(tmp_path / "case", [accounts], LoadOptions(name="Blue"), SETTINGS)
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
    case, _ = load_case(folder, [other], LoadOptions(append=True), SETTINGS)
    assert ids(case) == ["a1", "a2", "b1"]
    assert [source.generation for source in case.manifest.sources] == [1, 2]
    assert len(case.rejects_path.read_text().splitlines()) == 2
    case, _ = load_case(folder, [other], LoadOptions(), SETTINGS)
    assert ids(case) == ["b1"]
    assert case.manifest.generation == 3
    assert not (folder / "store-1.duckdb").exists()


def test_relative_paths_are_read_from_where_the_analyst_stands(
    tmp_path: Path, accounts: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    case, _ = load_case(Path("case"), [Path(accounts.name)], LoadOptions(), SETTINGS)
    assert case.manifest.sources[0].path == "accounts.csv"


def test_a_refused_load_leaves_the_case_as_it_was(tmp_path: Path, accounts: Path) -> None:
    case, _ = load_case(tmp_path / "case", [accounts], LoadOptions(), SETTINGS)
    before = (case.root / "case.toml").read_bytes()
    bad = tmp_path / "exchanges.csv"
    bad.write_text("account,ts\na,2026-01-01\n")
    with pytest.raises(WorkbenchError, match="“account_id” is missing"):
        load_case(case.root, [bad], LoadOptions(), SETTINGS)
    with pytest.raises(WorkbenchError, match="mapping"):
        load_case(case.root, [bad], LoadOptions(mapping="[exchange]"), SETTINGS)
    assert (case.root / "case.toml").read_bytes() == before
    assert ids(Case.open(case.root)) == ["a1", "a2"]


def test_a_refused_first_load_leaves_no_case(tmp_path: Path) -> None:
    with pytest.raises(WorkbenchError, match="no file"):
        load_case(tmp_path / "case", [tmp_path / "nothing.csv"], LoadOptions(), SETTINGS)
    assert not (tmp_path / "case").exists()


def test_an_interrupt_leaves_the_case_as_it_was(tmp_path: Path, accounts: Path) -> None:
    case, _ = load_case(tmp_path / "case", [accounts], LoadOptions(), SETTINGS)

    def interrupt(message: Message) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        load_case(case.root, [accounts], LoadOptions(), SETTINGS, on_progress=interrupt)
    again = Case.open(case.root)
    assert again.manifest.generation == 1
    assert [path.name for path in (case.root / "tmp").iterdir()] == ["load.lock"]


def test_a_killed_load_is_swept_by_the_next(tmp_path: Path, accounts: Path) -> None:
    case, _ = load_case(tmp_path / "case", [accounts], LoadOptions(), SETTINGS)
    child = os.fork()
    if child == 0:
        load_case(
            case.root, [accounts], LoadOptions(), SETTINGS,
            on_progress=lambda _: os.kill(os.getpid(), signal.SIGKILL),
        )  # fmt: skip
        os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
    assert list((case.root / "tmp").glob("load-*-*"))
    assert Case.open(case.root).manifest.generation == 1
    case, _ = load_case(case.root, [accounts], LoadOptions(), SETTINGS)
    assert case.manifest.generation == 2
    assert not list((case.root / "tmp").glob("load-*-*"))


def test_what_analysis_adds_is_committed_with_the_load(tmp_path: Path, accounts: Path) -> None:
    def analyse(store: Path) -> str:
        with duckdb.connect(str(store)) as connection:
            connection.execute("CREATE TABLE traits AS SELECT 1 AS n")
        return "revision 7"

    case, _ = load_case(
        tmp_path / "case", [accounts], LoadOptions(), SETTINGS,
        analyse=lambda staging: analyse(staging.store_path),
    )  # fmt: skip
    assert case.manifest.analysis == "revision 7"
    case.verify_store()


def test_a_failing_analysis_commits_nothing(tmp_path: Path, accounts: Path) -> None:
    def analyse(staging: object) -> str:
        raise WorkbenchError("The clustering failed.")

    case, _ = load_case(tmp_path / "case", [accounts], LoadOptions(), SETTINGS)
    with pytest.raises(WorkbenchError, match="clustering"):
        load_case(case.root, [accounts], LoadOptions(), SETTINGS, analyse=analyse)
    assert Case.open(case.root).manifest.generation == 1


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
    case, _ = load_case(tmp_path / "case", [odd], LoadOptions(), SETTINGS)
    assert ids(case) == ["a1", "a2"]
    assert case.manifest.sources[0].path.endswith("accounts\\xff[1].csv")


def test_a_link_out_of_a_folder_is_refused_by_name(tmp_path: Path, accounts: Path) -> None:
    folder = tmp_path / "extract"
    folder.mkdir()
    (folder / "accounts.csv").symlink_to(accounts)
    if sandbox.landlock_abi() >= 1:
        with pytest.raises(WorkbenchError, match="cannot be read") as caught:
            load_case(tmp_path / "case", [folder], LoadOptions(), SETTINGS)
        assert "link" in caught.value.hint
    case, _ = load_case(tmp_path / "case", [folder / "accounts.csv"], LoadOptions(), SETTINGS)
    assert ids(case) == ["a1", "a2"]
