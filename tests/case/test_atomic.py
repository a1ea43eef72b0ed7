"""Whole or not at all: files are replaced, locked, hashed and handed over as promised."""

from __future__ import annotations

import errno
import hashlib
import os
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.case import atomic
from workbench.case.atomic import (
    file_digest,
    group_id_of,
    lock_exclusively,
    move_beside,
    replace_file,
    set_mode,
    sync,
    write_private_text,
)
from workbench.errors import WorkbenchError


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def open_handles() -> int:
    return len(os.listdir("/proc/self/fd"))


class Disk:
    """What reaches the disk, in order: ("sync", name) and ("rename", new name)."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.steps: list[tuple[str, str]] = []
        self.full = False
        fsync, rename, replace = os.fsync, os.rename, os.replace

        def noted_sync(handle: int) -> None:
            if self.full:
                raise OSError(errno.ENOSPC, "No space left on device")
            self.steps.append(("sync", os.path.basename(os.readlink(f"/proc/self/fd/{handle}"))))
            fsync(handle)

        def noted_rename(source: Path, target: Path) -> None:
            self.steps.append(("rename", os.path.basename(target)))
            rename(source, target)

        def noted_replace(source: Path, target: Path) -> None:
            self.steps.append(("rename", os.path.basename(target)))
            replace(source, target)

        monkeypatch.setattr(os, "fsync", noted_sync)
        monkeypatch.setattr(os, "rename", noted_rename)
        monkeypatch.setattr(os, "replace", noted_replace)


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Disk:
    return Disk(monkeypatch)


@given(content=st.binary(max_size=40), chunk=st.integers(1, 9))
def test_a_digest_is_of_every_byte_and_progress_ends_at_the_size(
    content: bytes, chunk: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("digest") / "file"
    path.write_bytes(content)
    told: list[tuple[int, int]] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(atomic, "_CHUNK", chunk)
        found = file_digest(path, lambda done, size: told.append((done, size)))
        assert file_digest(path) == found
    assert found == hashlib.sha256(content).hexdigest()
    ends = [*range(chunk, len(content), chunk), len(content)] if content else []
    assert told == [(end, len(content)) for end in ends]


def test_a_replaced_file_has_its_content_mode_and_no_companions(tmp_path: Path) -> None:
    path = tmp_path / "case.toml"
    replace_file(path, b"old", 0o600)
    replace_file(path, b"newer", 0o640)
    assert path.read_bytes() == b"newer"
    assert mode_of(path) == 0o640
    assert os.listdir(tmp_path) == ["case.toml"]


def test_a_name_changes_only_once_the_content_is_on_disk(tmp_path: Path, disk: Disk) -> None:
    before = open_handles()
    replace_file(tmp_path / "case.toml", b"content", 0o600)
    (wrote, temporary), renamed, folder = disk.steps
    assert wrote == "sync"
    assert temporary.startswith(".case.toml.")
    assert renamed == ("rename", "case.toml")
    assert folder == ("sync", tmp_path.name)
    assert open_handles() == before


def test_a_full_disk_leaves_the_old_file_and_nothing_else(tmp_path: Path, disk: Disk) -> None:
    path = tmp_path / "case.toml"
    replace_file(path, b"old", 0o600)
    disk.full = True
    with pytest.raises(OSError, match="No space"):
        replace_file(path, b"newer", 0o600)
    assert path.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["case.toml"]


def test_a_failed_sync_closes_what_it_opened(tmp_path: Path, disk: Disk) -> None:
    disk.full = True
    before = open_handles()
    with pytest.raises(OSError, match="No space"):
        sync(tmp_path)
    assert open_handles() == before


def test_a_lock_is_had_once_and_again_when_it_is_given_back(tmp_path: Path) -> None:
    path = tmp_path / "load.lock"
    held = lock_exclusively(path)
    assert held is not None
    assert mode_of(path) == 0o600
    before = open_handles()
    assert lock_exclusively(path) is None
    assert open_handles() == before
    os.close(held)
    again = lock_exclusively(path)
    assert again is not None
    os.close(again)


def test_a_lock_is_never_taken_through_a_link(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").write_bytes(b"")
    (tmp_path / "load.lock").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(OSError, match="symbolic links"):
        lock_exclusively(tmp_path / "load.lock")


def test_a_group_has_its_number_and_no_group_has_none() -> None:
    import grp

    own = grp.getgrgid(os.getgid())
    assert group_id_of(own.gr_name) == own.gr_gid
    assert group_id_of("") == -1
    with pytest.raises(WorkbenchError, match="no group “nobody-here”") as caught:
        group_id_of("nobody-here\x1b[2J"[:11])
    assert "getent" in caught.value.hint


@pytest.mark.parametrize(
    ("group_id", "folder_mode", "file_mode"),
    [(-1, 0o700, 0o600), (os.getgid(), 0o2770, 0o660)],
)
def test_what_is_in_a_case_has_the_modes_of_a_case(
    tmp_path: Path, group_id: int, folder_mode: int, file_mode: int
) -> None:
    folder, file = tmp_path / "folder", tmp_path / "file"
    folder.mkdir(mode=0o755)
    file.write_bytes(b"")
    set_mode(folder, group_id)
    set_mode(file, group_id)
    assert (mode_of(folder), mode_of(file)) == (folder_mode, file_mode)


@pytest.mark.skipif(os.getuid() != 0, reason="only root may give a file to any group")
@pytest.mark.parametrize("group_id", [0, 1, 7])
def test_a_file_is_handed_to_its_group(tmp_path: Path, group_id: int) -> None:
    path = tmp_path / "case.toml"
    replace_file(path, b"x", 0o660, 3)
    assert path.stat().st_gid == 3
    replace_file(path, b"x", 0o660, group_id)
    assert (path.stat().st_gid, path.stat().st_uid) == (group_id, os.getuid())
    other = tmp_path / "audit.jsonl"
    other.write_bytes(b"")
    set_mode(other, group_id)
    assert other.stat().st_gid == group_id


@pytest.mark.skipif(os.getuid() != 0, reason="only root may give a folder to any group")
def test_without_a_group_the_folders_own_is_kept(tmp_path: Path) -> None:
    folder = tmp_path / "shared"
    folder.mkdir()
    os.chown(folder, -1, 3)
    folder.chmod(0o2770)
    replace_file(folder / "case.toml", b"x", 0o660)
    assert (folder / "case.toml").stat().st_gid == 3


def test_who_may_not_hand_a_file_over_keeps_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "chown", refuse)
    replace_file(tmp_path / "case.toml", b"x", 0o660, 7)
    assert mode_of(tmp_path / "case.toml") == 0o660


def test_an_export_appears_whole_and_for_its_owner(tmp_path: Path, disk: Disk) -> None:
    source, target = tmp_path / "spooled", tmp_path / "out.csv"
    source.write_bytes(b"a,b\n" * 10)
    target.write_bytes(b"an older one")
    move_beside(source, target)
    assert target.read_bytes() == b"a,b\n" * 10
    assert mode_of(target) == 0o600
    assert sorted(os.listdir(tmp_path)) == ["out.csv", "spooled"]
    assert [kind for kind, _ in disk.steps] == ["sync", "rename"]
    assert disk.steps[-1] == ("rename", "out.csv")


def test_an_export_that_finds_no_room_leaves_the_older_one(tmp_path: Path, disk: Disk) -> None:
    source, target = tmp_path / "spooled", tmp_path / "out.csv"
    source.write_bytes(b"newer")
    target.write_bytes(b"older")
    disk.full = True
    with pytest.raises(WorkbenchError, match=r"out\.csv cannot be written: No space") as caught:
        move_beside(source, target)
    assert caught.value.hint
    assert target.read_bytes() == b"older"
    assert sorted(os.listdir(tmp_path)) == ["out.csv", "spooled"]


def test_a_private_text_is_private_and_keeps_odd_names(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    write_private_text(path, "é \udcff")
    assert path.read_bytes() == "é \udcff".encode("utf-8", "surrogatepass")
    assert mode_of(path) == 0o600
