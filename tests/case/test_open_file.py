"""The door to a case's files: only ordinary files of the case come through, whatever lies there."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from workbench.case.atomic import lock_exclusively
from workbench.case.folder import Case
from workbench.case.open_file import copy_case_file, files_below, read_case_file, read_state
from workbench.errors import IntegrityError, WorkbenchError

Plant = Callable[[Path, Path], None]


def _socket(path: Path, _secret: Path) -> None:
    here = os.open(path.parent, os.O_RDONLY)
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(f"/proc/self/fd/{here}/{path.name}")  # the whole path may be too long for one
    os.close(here)


PLANTS: dict[str, Plant] = {
    "link to a file": lambda path, secret: path.symlink_to(secret),
    "link to a folder": lambda path, secret: path.symlink_to(secret.parent),
    "link to itself": lambda path, _: path.symlink_to(path.name),
    "link to nothing": lambda path, _: path.symlink_to("nowhere"),
    "link to a device": lambda path, _: path.symlink_to("/dev/zero"),
    "pipe": lambda path, _: os.mkfifo(path),
    "socket": _socket,
    "folder": lambda path, _: path.mkdir(),
}


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    """A file of the analyst's outside the case."""
    path = tmp_path / "private" / "id_ed25519"
    path.parent.mkdir()
    path.write_text("SECRET KEY")
    return path


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """An empty case folder."""
    root = tmp_path / "case"
    (root / "rejects" / "1").mkdir(parents=True)
    return root


@pytest.mark.parametrize("kind", PLANTS)
@pytest.mark.parametrize("name", ["case.toml", "rejects/1/rejects.jsonl"])
def test_nothing_but_an_ordinary_file_is_read_or_copied(
    kind: str, name: str, root: Path, secret: Path, tmp_path: Path
) -> None:
    PLANTS[kind](root / name, secret)
    with pytest.raises(IntegrityError) as caught:
        read_case_file(root, name, 100)
    assert caught.value.hint
    with pytest.raises(IntegrityError):
        copy_case_file(root, name, tmp_path / "copy")
    assert not (tmp_path / "copy").exists()


@pytest.mark.parametrize("at", ["rejects", "rejects/1"])
def test_no_folder_on_the_way_is_a_link(at: str, root: Path, tmp_path: Path) -> None:
    (root / "rejects" / "1" / "rejects.jsonl").write_text("{}\n")
    assert read_case_file(root, "rejects/1/rejects.jsonl", 10) == b"{}\n"
    (root / at).rename(tmp_path / "moved")
    (root / at).symlink_to(tmp_path / "moved")
    with pytest.raises(IntegrityError, match="symbolic link"):
        read_case_file(root, "rejects/1/rejects.jsonl", 10)


@pytest.mark.parametrize("name", ["../private/id_ed25519", "rejects/../../private/id_ed25519"])
def test_no_name_leads_out_of_the_case(name: str, root: Path, secret: Path) -> None:
    for given in (name, str(secret)):
        with pytest.raises(IntegrityError, match="not in the case"):
            read_case_file(root, given, 100)


def test_what_is_too_long_is_not_read(root: Path) -> None:
    with (root / "case.toml").open("wb") as huge:
        huge.truncate(1 << 40)
    with pytest.raises(IntegrityError, match="longer than 100 bytes"):
        read_case_file(root, "case.toml", 100)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_a_second_name_of_a_foreign_file_is_refused(root: Path) -> None:
    theirs = root / "case.toml"
    theirs.write_text("x")
    os.chown(theirs, 4711, 4711)
    with pytest.raises(IntegrityError, match="belongs to another user"):
        read_case_file(root, "case.toml", 100)
    os.chown(root, 4711, 4711)
    assert read_case_file(root, "case.toml", 100) == b"x"
    os.chown(theirs, 0, 0)
    assert read_case_file(root, "case.toml", 100) == b"x"
    os.link(theirs, root.parent / "second")
    with pytest.raises(IntegrityError, match="belongs to another user"):
        read_case_file(root, "case.toml", 100)


def test_listing_enters_no_link(root: Path, secret: Path) -> None:
    (root / "queries").mkdir()
    (root / "queries" / "a.sql").symlink_to(secret)
    (root / "queries" / "b").symlink_to(secret.parent)
    (secret.parent / "c.sql").touch()
    assert files_below(root, "queries", ".sql") == [Path("queries/a.sql")]


@pytest.mark.parametrize("name", ["tmp", "queries", "rejects", "audit.d", "exports"])
def test_a_folder_of_the_case_that_leads_elsewhere_refuses_the_case(
    name: str, tmp_path: Path
) -> None:
    root = Case.create(tmp_path / "made").root
    (root / name).rmdir()
    (tmp_path / "elsewhere").mkdir()
    (root / name).symlink_to(tmp_path / "elsewhere")
    with pytest.raises(IntegrityError, match="symbolic link, not a folder"):
        Case.open(root)


@pytest.mark.parametrize("kind", PLANTS)
def test_a_lock_is_an_ordinary_file(kind: str, root: Path, secret: Path) -> None:
    mode = secret.stat().st_mode
    PLANTS[kind](root / "load.lock", secret)
    with pytest.raises(OSError, match=r"\w"):
        lock_exclusively(root / "load.lock")
    assert secret.stat().st_mode == mode


def test_a_lock_that_is_a_second_name_keeps_its_mode(root: Path, secret: Path) -> None:
    secret.chmod(0o640)
    os.link(secret, root / "load.lock")
    handle = lock_exclusively(root / "load.lock")
    assert handle is not None
    os.close(handle)
    assert secret.stat().st_mode & 0o777 == 0o640


@pytest.mark.parametrize(
    "text", [b"[" * 100_000, b'{"a":' * 500, b"9" * 5000, b"\xff", b"\0", b"", b"[1]", b'{"a'],
)  # fmt: skip
def test_a_kept_state_that_is_none_is_empty(text: bytes, tmp_path: Path) -> None:
    (tmp_path / "view.json").write_bytes(text)
    assert read_state(tmp_path / "view.json") == {}
    (tmp_path / "view.json").unlink()
    os.mkfifo(tmp_path / "view.json")
    assert read_state(tmp_path / "view.json") == {}


def test_rights_that_are_missing_are_said(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (root / "case.toml").touch()
    really = os.open

    def refused(path: str, flags: int, mode: int = 0o777, *, dir_fd: int | None = None) -> int:
        if path == "case.toml":
            raise PermissionError(13, "Permission denied")
        return really(path, flags, mode, dir_fd=dir_fd)

    monkeypatch.setattr(os, "open", refused)
    with pytest.raises(WorkbenchError, match="Permission denied") as caught:
        read_case_file(root, "case.toml", 10)
    assert caught.value.exit_code == 1
