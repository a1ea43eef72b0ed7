"""The one door to the files of a case folder: outside text, whoever handed it over.

No symbolic link is followed at or below the case's root, no pipe or device is waited for, and a
file belongs to the case's owner or group or to this user. What is read is bounded, and so is what
TOML may hold.
"""

from __future__ import annotations

import json
import os
import shutil
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

from workbench.case.atomic import replace_file
from workbench.errors import IntegrityError, WorkbenchError
from workbench.text.bounded import read_json
from workbench.text.sanitize import safe_text

MANIFEST_BYTES = 32 << 20
QUERY_BYTES = 1 << 20
STATE_BYTES = 64 << 20
_MAX_REMEMBERED = 64
_HOLES = 64 << 20  # what is longer and eight times what it takes is no file that compresses
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
_KINDS = (
    (stat.S_ISLNK, "a symbolic link"), (stat.S_ISDIR, "a folder"), (stat.S_ISFIFO, "a pipe"),
    (stat.S_ISSOCK, "a socket"), (stat.S_ISCHR, "a device"), (stat.S_ISBLK, "a device"),
)  # fmt: skip
_HINT = (
    "Nothing of it was read. The workbench makes no such file: keep the folder as evidence, find "
    "out who put it there, and remove it."
)


def kind_of(mode: int) -> str:
    """What a file that is not an ordinary one is, in words; the empty string for an ordinary one.

    `mode` is that of `lstat`.
    """
    return next((words for test, words in _KINDS if test(mode)), "")


def open_case_file(root: Path, name: str | Path) -> int:
    """A handle on an ordinary file of the case at `root`; `name` is relative to it.

    Raises FileNotFoundError where there is none, IntegrityError for a link in any part of the
    name, for what is no ordinary file and for a file of somebody who has no part in the case;
    WorkbenchError where the rights to read it are missing.
    """
    *folders, last = Path(name).parts
    path = root / name
    if not last or ".." in (*folders, last) or Path(name).is_absolute():
        raise IntegrityError(f"{safe_text(path)} is not in the case.", hint=_HINT)
    at = os.open(root, _FOLDER)
    try:
        owner = os.fstat(at)
        for folder in folders:
            at, above = _enter(at, folder, path), at
            os.close(above)
        found = os.stat(last, dir_fd=at, follow_symlinks=False)
        if kind := kind_of(found.st_mode):
            raise IntegrityError(f"{safe_text(path)} is {kind}, not a file.", hint=_HINT)
        try:
            handle = os.open(last, _FILE, dir_fd=at)
        except PermissionError as error:
            raise _unreadable(path, error) from error
    finally:
        os.close(at)
    # What was opened is judged once more: the name may have been exchanged since.
    found = os.fstat(handle)
    if not stat.S_ISREG(found.st_mode) or not _belongs(found, owner):
        os.close(handle)
        raise IntegrityError(
            f"{safe_text(path)} belongs to another user (number {found.st_uid}), who has no part "
            "in this case.",
            hint=_HINT,
        )
    return handle


def _enter(at: int, folder: str, path: Path) -> int:
    found = os.stat(folder, dir_fd=at, follow_symlinks=False)
    if not stat.S_ISDIR(found.st_mode):
        raise IntegrityError(
            f"{safe_text(folder)}, on the way to {safe_text(path)}, is "
            f"{kind_of(found.st_mode) or 'a file'}, not a folder.",
            hint=_HINT,
        )
    try:
        return os.open(folder, _FOLDER | os.O_NOFOLLOW, dir_fd=at)
    except PermissionError as error:
        raise _unreadable(path, error) from error


def _belongs(found: os.stat_result, owner: os.stat_result) -> bool:
    """Whether a file is the case's owner's, this user's, or its team's.

    A second name of a file elsewhere in the file system is only taken from the case's owner.
    """
    if found.st_uid == owner.st_uid:
        return True
    if found.st_nlink > 1:
        return False
    shared = bool(owner.st_mode & stat.S_ISGID) and found.st_gid == owner.st_gid
    return shared or found.st_uid == os.geteuid()


def _unreadable(path: Path, error: OSError) -> WorkbenchError:
    return WorkbenchError(
        f"{safe_text(path)} cannot be read: {error.strerror}.",
        hint="Check the folder's owner and mode (`ls -ld`).",
    )


def read_case_file(root: Path, name: str | Path, limit: int) -> bytes:
    """The bytes of a file of the case, up to `limit`; raises as `open_case_file` does.

    Raises IntegrityError where it is longer.
    """
    with open(open_case_file(root, name), "rb") as file:
        return _bounded(file.read(limit + 1), root / name, limit)


def read_plain_file(path: Path, limit: int) -> bytes:
    """The bytes of an ordinary file outside a case, up to `limit`; links are followed.

    Raises OSError where there is none, IntegrityError for another kind and for a longer one.
    """
    handle = os.open(path, _FILE & ~os.O_NOFOLLOW)
    with open(handle, "rb", closefd=True) as file:
        if kind := kind_of(os.fstat(handle).st_mode):
            raise IntegrityError(f"{safe_text(path)} is {kind}, not a file.")
        return _bounded(file.read(limit + 1), path, limit)


def _bounded(data: bytes, path: Path, limit: int) -> bytes:
    if len(data) > limit:
        raise IntegrityError(
            f"{safe_text(path)} is longer than {limit:,} bytes, the most that such a file may have."
        )
    return data


def copy_case_file(root: Path, name: str | Path, target: Path, limit: int = 1 << 62) -> None:
    """Copy a file of the case, of at most `limit` bytes, to a new file for this user alone.

    Raises as `open_case_file` does, IntegrityError where it is longer, and OSError where `target`
    exists or cannot be written.
    """
    with open(open_case_file(root, name), "rb") as file:
        # A file of holes takes no room where it lies, and all the disk where it is copied to.
        found = os.fstat(file.fileno())
        if found.st_size > _HOLES + 8 * 512 * found.st_blocks:
            raise IntegrityError(
                f"{safe_text(root / name)} takes {512 * found.st_blocks:,} bytes of disk and says "
                f"that it has {found.st_size:,}: it was not copied.",
                hint=_HINT,
            )
        if found.st_size > limit:
            raise IntegrityError(
                f"{safe_text(root / name)} is longer than {limit:,} bytes, the most that such a "
                "file may have: it was not copied."
            )
        fresh = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with open(fresh, "wb") as out:
            shutil.copyfileobj(file, out, 1 << 20)


def read_state(path: Path) -> dict[str, Any]:
    """A JSON object of this analyst's state folder; empty where it is absent or no such thing.

    What lies there is a comfort or saves time: nothing of it is needed.
    """
    try:
        data = read_json(read_plain_file(path, STATE_BYTES).decode("utf-8"))
    except (OSError, ValueError, WorkbenchError):
        return {}
    return data if isinstance(data, dict) else {}


def remember_state(path: Path, known: Mapping[str, object]) -> None:
    """Add to a JSON object of the state folder; of many entries the latest are kept.

    Raises OSError where it cannot be written.
    """
    kept = dict(list({**read_state(path), **known}.items())[-_MAX_REMEMBERED:])
    replace_file(path, json.dumps(kept).encode("ascii"), 0o600)


def check_folders(root: Path, names: tuple[str, ...]) -> None:
    """Refuse a case whose own folders are links or no folders: files would land elsewhere.

    Raises IntegrityError.
    """
    for name in names:
        try:
            mode = (root / name).lstat().st_mode
        except OSError:
            continue
        if not stat.S_ISDIR(mode):
            raise IntegrityError(
                f"{safe_text(root / name)} is {kind_of(mode) or 'a file'}, not a folder.",
                hint=_HINT,
            )


@contextmanager
def _listed(folder: Path, most: int) -> Iterator[list[os.DirEntry[str]]]:
    try:
        with os.scandir(folder) as entries:
            yield sorted(islice(entries, most), key=lambda entry: entry.name)
    except OSError:
        yield []


def files_below(root: Path, folder: str, suffix: str, most: int = 2000) -> list[Path]:
    """Names relative to `root` of what ends in `suffix` in a folder of the case, at any depth.

    Links and pipes are listed, for the door to refuse, but no link to a folder is entered; after
    `most` entries nothing more is looked at.
    """
    found: list[Path] = []
    waiting, seen = [root / folder], 0
    while waiting and seen < most:
        with _listed(waiting.pop(0), most - seen) as entries:
            for entry in entries:
                seen += 1
                if entry.is_dir(follow_symlinks=False) and len(waiting) < most:
                    waiting.append(Path(entry.path))
                elif entry.name.endswith(suffix):
                    found.append(Path(entry.path).relative_to(root))
    return sorted(found)
