"""What an analyst trusts: these very files of this case, kept in his own state folder."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from workbench.case.folder import Case
from workbench.case.state_folder import state_dir
from workbench.playbooks.case_files import CaseFiles, read_case_files
from workbench.playbooks.saving import save_query
from workbench.playbooks.trust import forget, is_trusted, trust, trust_made, what_is_trusted

_QUERY = '/*+++\nid = "theirs"\ntitle = "Theirs"\n+++*/\nSELECT 1 AS n ORDER BY n\n'


@pytest.fixture
def case(tmp_path: Path) -> Case:
    made = Case.create(tmp_path / "case")
    (made.queries_path / "theirs.sql").write_text(_QUERY)
    return made


def _trusted(case: Case) -> bool:
    return is_trusted(read_case_files(case))


def test_trust_is_in_these_bytes_under_these_names(case: Case) -> None:
    assert not _trusted(case)
    trust(read_case_files(case))
    assert _trusted(case)
    mine = case.queries_path / "theirs.sql"
    for change in (
        lambda: mine.write_text(_QUERY + " "),
        lambda: mine.rename(mine.with_name("other.sql")),
        lambda: (case.queries_path / "more.sql").write_text(""),
        lambda: shutil.move(mine, case.queries_path / "playbooks.sql"),
    ):
        before = {path: path.read_bytes() for path in case.queries_path.rglob("*.sql")}
        change()
        assert not _trusted(case)
        shutil.rmtree(case.queries_path)
        for path, data in before.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        assert _trusted(case)


def test_nothing_of_it_lies_in_the_case(case: Case) -> None:
    before = {path: path.read_bytes() for path in case.root.rglob("*") if path.is_file()}
    trust(read_case_files(case))
    assert {path: path.read_bytes() for path in case.root.rglob("*") if path.is_file()} == before
    (kept,) = state_dir(case.manifest.case_id).glob("trust-*.json")
    assert json.loads(kept.read_text())["path"] == str(case.root.resolve())
    assert kept.stat().st_mode & 0o777 == 0o600


def test_a_moved_case_is_the_same_and_a_copy_is_another(case: Case, tmp_path: Path) -> None:
    trust(read_case_files(case))
    copy = Case.open(shutil.copytree(case.root, tmp_path / "copy"))
    assert not _trusted(copy)
    trust(read_case_files(copy))
    shutil.rmtree(copy.root)
    assert _trusted(case)
    moved = Case.open(case.root.rename(tmp_path / "moved"))
    assert _trusted(moved)
    assert forget(read_case_files(moved))
    assert not _trusted(moved)
    assert not forget(read_case_files(moved))


def test_another_case_at_the_same_place_is_not_trusted(case: Case, tmp_path: Path) -> None:
    trust(read_case_files(case))
    shutil.rmtree(case.root)
    other = Case.create(case.root)
    (other.queries_path / "theirs.sql").write_text(_QUERY)
    assert not _trusted(other)


def test_what_is_kept_speaks_of_its_place_alone(case: Case, tmp_path: Path) -> None:
    copy = Case.open(shutil.copytree(case.root, tmp_path / "copy"))
    trust(read_case_files(copy))
    (kept,) = state_dir(case.manifest.case_id).glob("trust-*.json")
    kept.rename(kept.with_name("trust-0.json"))
    assert what_is_trusted(read_case_files(copy)) is None


def test_a_case_of_an_own_load_is_trusted_until_somebody_adds_to_it(tmp_path: Path) -> None:
    made = Case.create(tmp_path / "own")
    trust_made(made)
    assert _trusted(made)
    (made.queries_path / "theirs.sql").write_text(_QUERY)
    assert not _trusted(made)


def test_what_is_saved_runs_where_the_rest_did(case: Case, tmp_path: Path) -> None:
    mine = Case.create(tmp_path / "mine")
    save_query(mine, "one", "One", "", "SELECT 1", [])
    save_query(mine, "two", "Two", "", "SELECT 2", [])
    assert _trusted(mine)
    save_query(case, "one", "One", "", "SELECT 1", [])
    assert not _trusted(case)
    trust(read_case_files(case))
    save_query(case, "two", "Two", "", "SELECT 2", [])
    assert _trusted(case)


def test_what_came_in_beside_a_saved_query_is_not_trusted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = Case.create(tmp_path / "mine")
    planted = mine.queries_path / "planted.sql"

    def reading(case: Case) -> CaseFiles:
        found = read_case_files(case)
        planted.write_text(_QUERY)
        return found

    monkeypatch.setattr("workbench.playbooks.saving.read_case_files", reading)
    save_query(mine, "one", "One", "", "SELECT 1", [])
    assert not _trusted(mine)
    planted.unlink()
    assert _trusted(mine)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.dictionaries(st.text(min_size=1, max_size=8), st.binary(max_size=8), max_size=4),
    st.dictionaries(st.text(min_size=1, max_size=8), st.binary(max_size=8), max_size=4),
)
def test_other_files_have_another_digest(one: dict[str, bytes], other: dict[str, bytes]) -> None:
    digests = {CaseFiles(Path("x"), "", files).digest for files in (one, other)}
    assert (len(digests) == 1) == (one == other)
