"""What of a case folder is copied, listed and named as foreign, and where each of it ends."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from workbench.case.atomic import lock_exclusively
from workbench.case.folder import Case
from workbench.case.foreign import foreign_entries
from workbench.case.open_file import (
    copy_case_file,
    files_below,
    read_case_file,
    read_plain_file,
)
from workbench.errors import IntegrityError, WorkbenchError


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return Case.create(tmp_path / "case").root


def handles() -> int:
    return len(os.listdir("/proc/self/fd"))


def test_a_copy_is_the_file_and_this_users_alone(root: Path, tmp_path: Path) -> None:
    content = os.urandom(3 << 20)
    (root / "rejects" / "1").mkdir()
    (root / "rejects" / "1" / "rejects.jsonl").write_bytes(content)
    target = tmp_path / "copy"
    before = handles()
    copy_case_file(root, "rejects/1/rejects.jsonl", target, len(content))
    assert target.read_bytes() == content
    assert target.stat().st_mode & 0o777 == 0o600
    with pytest.raises(FileExistsError):
        copy_case_file(root, "rejects/1/rejects.jsonl", target)
    with pytest.raises(IntegrityError, match="longer than"):
        copy_case_file(root, "rejects/1/rejects.jsonl", tmp_path / "other", len(content) - 1)
    assert not (tmp_path / "other").exists()
    assert handles() == before


@pytest.mark.parametrize(("holes", "copied"), [(63 << 20, True), (1 << 40, False)])
def test_what_is_mostly_holes_is_not_copied(
    holes: int, copied: bool, root: Path, tmp_path: Path
) -> None:
    """Ordinary files compress; none is a thousandth of what it says."""
    with (root / "sparse").open("wb") as file:
        file.write(b"x")
        file.truncate(holes)
    if copied:
        copy_case_file(root, "sparse", tmp_path / "copy")
        assert (tmp_path / "copy").stat().st_size == holes
        return
    with pytest.raises(IntegrityError, match="takes 4,096 bytes of disk and says that it has"):
        copy_case_file(root, "sparse", tmp_path / "copy")
    assert not (tmp_path / "copy").exists()


def test_a_bound_is_the_last_length_that_passes(root: Path) -> None:
    (root / "file").write_bytes(b"12345")
    for read in (read_plain_file, lambda path, limit: read_case_file(root, path.name, limit)):
        assert read(root / "file", 5) == b"12345"
        with pytest.raises(IntegrityError, match="longer than 4 bytes"):
            read(root / "file", 4)


def test_a_listing_is_whole_sorted_and_ends(root: Path) -> None:
    queries = root / "queries"
    (queries / "b").mkdir()
    for name in ("b/2.sql", "a.sql", "c.txt"):
        (queries / name).write_text("x")
    assert files_below(root, "queries", ".sql") == [Path("queries/a.sql"), Path("queries/b/2.sql")]
    assert files_below(root, "nowhere", ".sql") == []
    (queries / "file").mkdir()
    (queries / "file").chmod(0)
    for number in range(30):
        (queries / "b" / f"n{number}.sql").write_text("x")
    assert len(files_below(root, "queries", ".sql", most=5)) < 5
    assert len(files_below(root, "queries/b", ".sql", most=5)) == 5


def test_a_listing_looks_at_two_thousand_entries(root: Path) -> None:
    folder = root / "queries"
    for name in ("one", "two"):
        folder = folder / name
        folder.mkdir()
        for number in range(1001):
            (folder / f"n{number}.sql").touch()
    (folder / "deep").mkdir()
    (folder / "deep" / "last.sql").touch()
    assert 1990 <= len(files_below(root, "queries", ".sql")) < 2000  # folders count too


def test_each_foreign_thing_is_named_with_what_it_is(root: Path, tmp_path: Path) -> None:
    assert foreign_entries(root) == []
    for name in ("store-1.duckdb", "analysis-1-2.duckdb", "audit.jsonl", "queries/own.sql",
                 "queries/book.toml", "exports/anything", "tmp/anything"):  # fmt: skip
        (root / name).write_text("x")
    for folder in ("rejects/1", "queries/mine", "audit.d/sets"):
        (root / folder).mkdir()
    (root / "rejects" / "1" / "rejects.jsonl").write_text("")
    (root / "audit.d" / "sets" / f"{'a' * 64}.txt").write_text("")
    assert foreign_entries(root) == []
    (root / "notes.txt").write_text("x")
    (root / "queries" / "virus.exe").write_text("x")
    (root / "rejects" / "1" / "more.jsonl").write_text("x")
    (root / "audit.d" / "sets" / "odd.txt").write_text("x")
    (root / "photos").mkdir()
    (root / "queries" / "linked.sql").symlink_to(tmp_path)
    os.mkfifo(root / "store-9.duckdb")
    with socket.socket(socket.AF_UNIX) as bound:
        bound.bind(str(root / "sock"))
    assert sorted(foreign_entries(root)) == [
        "audit.d/sets/odd.txt (a file)",
        "notes.txt (a file)",
        "photos (a folder)",
        "queries/linked.sql (a symbolic link)",
        "queries/virus.exe (a file)",
        "rejects/1/more.jsonl (a file)",
        "sock (a socket)",
        "store-9.duckdb (a pipe)",
    ]


def test_a_folder_that_cannot_be_listed_hides_no_other(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (root / "queries" / "x.bin").write_text("x")
    scandir = os.scandir

    def refusing(folder: Path) -> object:
        if Path(folder).name == "rejects":
            raise PermissionError(13, "Permission denied")
        return scandir(folder)

    monkeypatch.setattr(os, "scandir", refusing)
    assert foreign_entries(root) == ["queries/x.bin (a file)"]
    assert files_below(root, "rejects", ".jsonl") == []


@pytest.mark.parametrize("name", ["tmp.d", "audit.d/more", "rejects/1.2", "queries.old"])
def test_a_folder_that_is_like_one_of_the_case_is_foreign(name: str, root: Path) -> None:
    (root / name).mkdir()
    assert foreign_entries(root) == [f"{name} (a folder)"]


def test_a_lock_that_is_no_file_gives_its_handle_back(root: Path) -> None:
    (root / "tmp" / "load.lock").mkdir()
    before = handles()
    with pytest.raises(OSError, match="no ordinary file"):
        lock_exclusively(root / "tmp" / "load.lock")
    assert handles() == before


def test_rights_that_are_missing_on_the_way_are_said(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (root / "queries" / "x.sql").write_text("x")
    opened = os.open

    def refusing(path: object, flags: int, *more: object, **named: object) -> int:
        if path == "queries":
            raise PermissionError(13, "Permission denied")
        return opened(path, flags, *more, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(os, "open", refusing)
    before = handles()
    with pytest.raises(WorkbenchError, match="Permission denied") as caught:
        read_case_file(root, "queries/x.sql", 9)
    assert "ls -ld" in caught.value.hint
    assert handles() == before


def test_work_goes_to_the_case_or_where_the_analyst_may_write(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = Case.open(root)
    assert case.work_dir() == root / "tmp"
    asked: list[Path] = []

    def refusing(path: Path, how: int) -> bool:
        asked.append(path)
        return False

    monkeypatch.setattr(os, "access", refusing)
    assert case.work_dir() == case.state_dir() / "tmp"
    (root / "tmp").rmdir()
    case.work_dir()
    assert asked == [root / "tmp", root]
