"""Files that must be whole, on disk and of the right mode, or not be there at all."""

from __future__ import annotations

import errno
import fcntl
import grp
import hashlib
import os
import secrets
import shutil
import stat
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from workbench.errors import WorkbenchError
from workbench.text.sanitize import safe_text

_CHUNK = 8 << 20


def file_digest(path: Path, progress: Callable[[int, int], None] | None = None) -> str:
    """SHA-256 of a file as hex; `progress` gets bytes done and bytes in all."""
    digest = hashlib.sha256()
    size = path.stat().st_size
    with path.open("rb", buffering=0) as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
            if progress is not None:
                progress(file.tell(), size)
    return digest.hexdigest()


def replace_file(path: Path, content: bytes, mode: int, group_id: int = -1) -> None:
    """Write a file so that a reader sees the old content or the new, never a part."""
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(6)}")
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fchmod(file.fileno(), mode)
            hand_over(temporary, group_id)
            os.fsync(file.fileno())
        os.rename(temporary, path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    sync(path.parent)


def sync(path: Path) -> None:
    """Make a file's content, or a folder's entries, durable."""
    handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def lock_exclusively(path: Path) -> int | None:
    """Lock a file, made where it is missing, without waiting; None where another holds it.

    One that is made in a team's folder is the team's too; one that was there keeps its mode. Raises
    OSError where it is no ordinary file.
    """
    flags = os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
    try:
        handle = os.open(path, flags | os.O_CREAT | os.O_EXCL, 0o600)
        if path.parent.stat().st_mode & 0o020:
            os.fchmod(handle, 0o660)
    except FileExistsError:
        handle = os.open(path, flags)
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise OSError(errno.EINVAL, "It is no ordinary file", os.fspath(path))
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        return None
    return handle


def group_id_of(group: str) -> int:
    """The number of a group by name, -1 for none; raises WorkbenchError where it is unknown."""
    if not group:
        return -1
    try:
        return grp.getgrnam(group).gr_gid
    except KeyError as error:
        raise WorkbenchError(
            f"There is no group “{safe_text(group, 60)}” on this host.",
            hint="`getent group` lists them; an administrator can add one.",
        ) from error


def hand_over(path: Path, group_id: int) -> None:
    """Give a file to a group where that is asked for and allowed."""
    # A member who is not the file's owner meets the set-group-id of the folder instead.
    if group_id >= 0:
        with suppress(PermissionError):
            os.chown(path, -1, group_id)


def set_mode(path: Path, group_id: int) -> None:
    """The modes of a case: 0700 and 0600, or 2770 and 0660 for a group."""
    hand_over(path, group_id)
    if path.is_dir():
        path.chmod(0o2770 if group_id >= 0 else 0o700)
    else:
        path.chmod(0o660 if group_id >= 0 else 0o600)


def move_beside(source: Path, target: Path) -> None:
    """Copy a finished file to `target`: temporary name beside it, sync, rename.

    Raises WorkbenchError where the target cannot be written.
    """
    unfinished = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    try:
        with source.open("rb") as data, open(unfinished, "wb", opener=_fresh) as out:
            shutil.copyfileobj(data, out, 1 << 20)
            out.flush()
            os.fsync(out.fileno())
        os.replace(unfinished, target)
    except OSError as error:
        unfinished.unlink(missing_ok=True)
        raise WorkbenchError(
            f"{target} cannot be written: {error.strerror}.",
            hint="Give another path, or free some space.",
        ) from error


def _fresh(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_CREAT | os.O_EXCL, 0o600)


def write_private_text(path: Path, text: str) -> None:
    """Write a text file that its owner alone may read; raises OSError."""

    def private(name: str, flags: int) -> int:
        return os.open(name, flags, 0o600)

    with open(path, "w", encoding="utf-8", errors="surrogatepass", opener=private) as out:
        out.write(text)
