"""Texts that evidence may rest on: none changes without a revision, none is lost, none is run."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from workbench.playbooks.library import library_in_sight, read_library
from workbench.playbooks.retired import (
    DIGESTS,
    RETIRED,
    in_use,
    known_digests,
    lint_revisions,
    retired_queries,
    revision_name,
)
from workbench.resources import queries_dir


def _findings(place: Path) -> list[str]:
    queries = [*read_library(place).queries.values()]
    return [what for _, _, what in lint_revisions(queries, place)]


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    """A copy of the shipped queries."""
    return Path(shutil.copytree(queries_dir(), tmp_path / "queries"))


def test_every_shipped_text_is_the_one_that_is_listed() -> None:
    assert _findings(queries_dir()) == []


def test_a_text_that_changed_needs_a_revision(pack: Path) -> None:
    path = pack / "pages" / "account-days.sql"
    before = path.read_text()
    path.write_text(before.replace("ORDER BY day", "ORDER BY day DESC"))
    [finding] = _findings(pack)
    assert "keep the text as it was as retired/account-days@1.sql" in finding
    assert "rev = 2" in finding
    # It is done as it says; then the new text has to be listed.
    path.write_text(path.read_text().replace('kind = "page"', 'kind = "page"\nrev = 2'))
    assert any("the text of account-days@1 was shipped" in one for one in _findings(pack))
    (pack / RETIRED / "account-days@1.sql").write_text(before)
    [finding] = _findings(pack)
    line = finding.partition("add “")[2].rstrip("”")
    with (pack / RETIRED / DIGESTS).open("a") as listed:
        listed.write(line + "\n")
    assert _findings(pack) == []


def test_a_header_is_part_of_the_text(pack: Path) -> None:
    path = pack / "pages" / "account-days.sql"
    path.write_text(path.read_text().replace("Exchanges a day", "Exchanges by day"))
    assert "its text changed under revision 1" in _findings(pack)[0]


def test_a_retired_text_stays_as_it_was(pack: Path) -> None:
    path = pack / RETIRED / "impact-preview@1.sql"
    kept = path.read_text()
    path.write_text(kept + "-- better\n")
    assert any("impact-preview@1 was shipped and is not here" in one for one in _findings(pack))
    path.unlink()
    assert any("impact-preview@1 was shipped and is not here" in one for one in _findings(pack))
    (pack / RETIRED / "impact-preview@7.sql").write_text(kept)
    assert _findings(pack) == ["it holds impact-preview@1, not what it is named for"]


def test_a_query_that_is_dropped_keeps_its_text(pack: Path) -> None:
    (pack / "pages" / "account-days.sql").unlink()
    assert any("account-days@1 was shipped and is not here" in one for one in _findings(pack))


def test_a_list_that_cannot_be_read_is_a_finding(pack: Path) -> None:
    (pack / RETIRED / DIGESTS).write_text("one word\ntwo words more\n")
    assert len(_findings(pack)) == 1
    (pack / RETIRED / DIGESTS).unlink()
    assert "cannot be read" in _findings(pack)[0]


def test_a_retired_text_is_in_no_list() -> None:
    library = library_in_sight()
    retired = retired_queries(queries_dir())
    assert retired
    assert not {query.sha256 for query in library.queries.values()} & set(retired)
    assert not [path for path in in_use(queries_dir()) if RETIRED in path.parts]
    for query in retired.values():
        assert known_digests(queries_dir())[revision_name(query)] == query.sha256
        now = library.queries.get(query.id)
        assert now is None or now.rev > query.rev
