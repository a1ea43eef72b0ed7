"""Whose query an id is: no file of a case or of the analyst's takes the place of a shipped one."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.case.folder import Case
from workbench.errors import WorkbenchError
from workbench.playbooks import case_files
from workbench.playbooks.case_files import read_case_files
from workbench.playbooks.library import Library, read_library
from workbench.playbooks.playbook import parse_playbook
from workbench.playbooks.retired import shipped_ids
from workbench.playbooks.trust import trust
from workbench.resources import queries_dir

SHIPPED = read_library(queries_dir())
PLACES = ("queries", "queries/pages", "queries/a/b/retired", "queries/retired")
_QUERY = '/*+++\nid = "{}"\ntitle = "Forged"\nkind = "{}"\n+++*/\nSELECT 1 AS n ORDER BY n\n'
_BOOK = 'id = "{}"\ntitle = "Forged"\n[[step]]\nquery = "clusters-list"\n'


def _like(name: str) -> set[str]:
    """Ids that read like this one."""
    pairs = (("l", "1"), ("o", "0"), ("m", "rn"), ("w", "vv"), ("i", "l"), ("-", ""), ("i", "1"))
    return {name.replace(a, b, n) for a, b in pairs for n in (1, -1)} - {name}


def _seen(case: Case, own: Path | None = None) -> Library:
    files = read_case_files(case)
    trust(files)
    return read_library(queries_dir(), own, files)


@pytest.fixture
def case(tmp_path: Path) -> Case:
    return Case.create(tmp_path / "case")


def test_no_file_passes_for_a_shipped_one(case: Case, tmp_path: Path) -> None:
    """Every id that was ever shipped and what reads like it, as query, page, count and family."""
    ids = sorted({*SHIPPED.queries, *SHIPPED.playbooks, *shipped_ids(queries_dir())})
    kinds = ("query", "page", "count", "trait")
    names = [one for name in ids for one in (name, *sorted(_like(name))[:1])]
    for at, name in enumerate(names):
        folder = case.root / PLACES[at % len(PLACES)]
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"q{at}.sql").write_text(_QUERY.format(name, kinds[at % 4]))
    library = _seen(case)
    assert (library.queries, library.playbooks) == (SHIPPED.queries, SHIPPED.playbooks)
    assert len(library.set_aside) == len(names)
    own = tmp_path / "own"
    (own / "playbooks").mkdir(parents=True)
    for at, name in enumerate(names):
        (own / f"q{at}.sql").write_text(_QUERY.format(name, kinds[at % 4]))
        (own / "playbooks" / f"p{at}.toml").write_text(_BOOK.format(name))
    library = read_library(queries_dir(), own)
    assert (library.queries, library.playbooks) == (SHIPPED.queries, SHIPPED.playbooks)
    assert len(library.set_aside) == 2 * len(names)
    for path, error in library.set_aside:
        assert str(path) in error.message


_ODD_IDS = (
    "Cluster-card", "\u217dluster-card", "cluster\u2010card", "cluster-card\n", " cluster-card",
    "cluster-card\0", "a" * 81, "", "../x",
)  # fmt: skip


@pytest.mark.parametrize("name", _ODD_IDS)
def test_an_id_is_plain_words(case: Case, name: str) -> None:
    escaped = "".join(f"\\U{ord(one):08X}" for one in name)
    (case.queries_path / "x.sql").write_text(_QUERY.format(escaped, "query"))
    (case.queries_path / "playbooks").mkdir()
    (case.queries_path / "playbooks" / "x.toml").write_text(_BOOK.format(escaped))
    library = _seen(case)
    assert (library.queries, library.playbooks) == (SHIPPED.queries, SHIPPED.playbooks)
    assert len(library.set_aside) == 2


def test_a_family_or_page_of_a_case_is_named_and_not_used(case: Case) -> None:
    for kind in ("trait", "page", "count"):
        (case.queries_path / f"{kind}.sql").write_text(_QUERY.format(f"own-{kind}", kind))
    library = _seen(case)
    assert library.traits() == SHIPPED.traits()
    assert not {f"own-{kind}" for kind in ("trait", "page", "count")} & library.queries.keys()
    assert sorted(path.stem for path, _ in library.set_aside) == ["count", "page", "trait"]


def test_an_id_belongs_to_the_first_that_has_it(case: Case, tmp_path: Path) -> None:
    own = tmp_path / "own"
    own.mkdir()
    (own / "mine.sql").write_text(_QUERY.format("mine", "query"))
    for name in ("a", "b"):
        (case.queries_path / f"{name}.sql").write_text(_QUERY.format("theirs", "query"))
    (case.queries_path / "mine.sql").write_text(_QUERY.format("mine", "query"))
    library = _seen(case, own)
    assert (library.queries["mine"].trust, library.queries["theirs"].path.name) == ("own", "a.sql")
    assert sorted(path.name for path, _ in library.set_aside) == ["b.sql", "mine.sql"]


def test_what_is_not_trusted_is_seen_and_does_not_run(case: Case) -> None:
    (case.queries_path / "x.sql").write_text(_QUERY.format("theirs", "query"))
    (case.queries_path / "playbooks").mkdir()
    (case.queries_path / "playbooks" / "x.toml").write_text(_BOOK.format("their-book"))
    library = read_library(queries_dir(), None, read_case_files(case))
    assert library.seen_query("theirs").trust == library.seen_playbook("their-book").trust == "case"
    for asked in (lambda: library.query("theirs"), lambda: library.playbook("their-book")):
        with pytest.raises(WorkbenchError, match="not trusted") as refused:
            asked()
        assert "workbench trust" in refused.value.hint
        assert refused.value.exit_code == 1
    assert "theirs" in [query.id for query in library.listed()]
    assert "theirs" not in [query.id for query in library.runnable()]
    assert "theirs" not in [query.id for query in library.parameters()]
    assert library.untrusted_words().startswith("2 files")


def test_ten_thousand_files_are_counted_and_not_read(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(case_files, "MAX_FILES", 50)
    for at in range(300):
        (case.queries_path / f"q{at:04}.sql").write_text(_QUERY.format(f"own-{at}", "query"))
    library = _seen(case)
    assert len(library.set_aside) == 250
    assert "one too many" in library.set_aside[0][1].message


def test_a_playbook_elsewhere_is_named(case: Case) -> None:
    for name in ("x.toml", "sub/y.toml"):
        (case.queries_path / name).parent.mkdir(exist_ok=True)
        (case.queries_path / name).write_text(_BOOK.format("their-book"))
    library = _seen(case)
    assert library.playbooks == SHIPPED.playbooks
    assert [path.name for path, _ in library.set_aside] == ["y.toml", "x.toml"]


def test_many_bytes_are_not_read(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(case_files, "MAX_BYTES", 2000)
    for at in range(10):
        text = _QUERY.format(f"own-{at}", "query") + "-- " + "x" * 400
        (case.queries_path / f"q{at:04}.sql").write_text(text)
    assert sum(map(len, read_case_files(case).files.values())) <= 2000
    assert len(_seen(case).set_aside) >= 5


@settings(deadline=None)
@given(st.text(max_size=80))
def test_a_stop_rule_compares_rows_and_nothing_else(text: str) -> None:
    book = f'id = "x"\ntitle = "X"\n[[step]]\nquery = "q"\nstop_if = {_toml(text)}\n'
    try:
        found = parse_playbook(book, Path("x.toml"), "case").steps[0].stop_if
    except WorkbenchError:
        return
    assert not found or found.split()[0].startswith("rows")


def _toml(text: str) -> str:
    shown = (f"\\U{ord(one):08X}" for one in text if not 0xD800 <= ord(one) < 0xE000)
    return f'"{"".join(shown)}"'
