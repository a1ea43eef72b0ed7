"""Content-addressed lists beside the ledger: `audit.d/sets/<sha256>.txt`.

One JSON string a line, ASCII only: a value may hold a line feed, ESC or a lone surrogate and the
file can still be read line by line, and shown, safely.
"""

from __future__ import annotations

import errno
import json
import os
import secrets
import stat
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from workbench.audit.errors import DamagedError, LedgerError
from workbench.audit.records.canonical_json import Fields, sha256
from workbench.audit.records.list_contents import MAX_FILE_BYTES, ListCheck, checked

_encode = json.JSONEncoder(ensure_ascii=True).encode


class NoListError(DamagedError):
    """The file of a list is whole, but holds something else than texts, each on a line."""


@dataclass(frozen=True, slots=True)
class SetRef:
    """A stored list: the SHA-256 of its file and how many lines it has."""

    sha256: str
    count: int

    def as_field(self) -> Fields:
        """The form in which a record names it."""
        return {"set": self.sha256, "count": self.count}


def spell(values: Iterable[str]) -> bytes:
    """The file of a list: each value as one ASCII JSON string, LF-terminated."""
    text = "\n".join(map(_encode, values))
    return (text + "\n").encode("ascii") if text else b""


def read_lines(data: bytes) -> list[str]:
    """The values of a list file; raises ValueError where a line is not one JSON string."""
    text = data.decode("ascii")
    if not text:
        return []
    if not text.endswith("\n"):
        raise ValueError("no LF at the end")
    try:
        values = split_lines(data)
    except RecursionError as error:
        raise ValueError("nested too deep") from error
    if not all(isinstance(value, str) for value in values) or spell(values) != data:
        raise ValueError("not one JSON string a line")
    return values


def open_ordinary(path: Path) -> BinaryIO:
    """An ordinary file, open to be read.

    Raises OSError for a link, for a pipe or device, which could keep us, and for more than memory
    should hold.
    """
    handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC)
    file = open(handle, "rb")  # noqa: SIM115
    found = os.fstat(handle)
    if not stat.S_ISREG(found.st_mode):
        file.close()
        raise OSError(errno.EINVAL, "not an ordinary file")
    if found.st_size > MAX_FILE_BYTES:
        file.close()
        raise OSError(errno.EFBIG, f"longer than {MAX_FILE_BYTES:,} bytes")
    return file


def read_ordinary(path: Path) -> bytes:
    """The bytes of an ordinary file; raises OSError as `open_ordinary`."""
    with open_ordinary(path) as file:
        return file.read()


def make_folder(folder: Path, *, shared: bool) -> None:
    """Make a folder, 0700 or for a team 2770, whatever the umask; one already there stays."""
    if not folder.is_dir():
        folder.mkdir(exist_ok=True)
        folder.chmod(0o2770 if shared else 0o700)


def durable_write(path: Path, data: bytes, mode: int) -> None:
    """Write a file so that it is whole or absent, and there to stay once this returns."""
    for folder in (path.parent.parent, path.parent):
        make_folder(folder, shared=bool(mode & 0o020))
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    handle = os.open(
        temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, mode
    )
    try:
        try:
            view = memoryview(data)
            while view:
                view = view[os.write(handle, view) :]
            os.fchmod(handle, mode)
            os.fsync(handle)
        finally:
            os.close(handle)
        os.replace(temporary, path)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise
    for folder in (path.parent, path.parent.parent):
        sync_folder(folder)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def split_lines(data: bytes) -> list[str]:
    """The values of a list that `spell` wrote, taken on trust."""
    text = data.decode("ascii")
    if "\\" in text:
        return [json.loads(line) for line in text[:-1].split("\n")]
    return text[1:-2].split('"\n"') if text else []


class SetFolder:
    """The lists of one ledger."""

    def __init__(self, ledger_path: Path) -> None:
        self.folder = ledger_path.with_suffix(".d") / "sets"
        self._fit: set[tuple[str, int, str]] = set()

    def path(self, digest: str) -> Path:
        """Where the list with this digest lies."""
        return self.folder / f"{digest}.txt"

    def put(self, values: Iterable[str], mode: int) -> SetRef:
        """Store a list in the given order, durably; one already there is checked and kept."""
        listed = list(values)
        data = spell(listed)
        digest = sha256(data)
        path = self.path(digest)
        try:
            if not path.exists() or sha256(read_ordinary(path)) != digest:
                durable_write(path, data, mode)
        except OSError as error:
            raise LedgerError(
                f"The list of {len(listed):,} values could not be stored in {path.parent}: "
                f"{error.strerror}.",
                hint="Free space or fix the rights, then try again; nothing was recorded.",
            ) from error
        return SetRef(digest, len(listed))

    def text(self, digest: str) -> str:
        """The file of a stored list as text, to be sent along with what names it.

        Raises DamagedError where it is gone, changed or no ordinary file.
        """
        return spell(self.get(digest)).decode("ascii")

    def check(self, digest: str, count: int, kinds: Collection[str] = ()) -> tuple[str, ListCheck]:
        """What is wrong with the file of a list, or the empty string; and what it is no list of."""
        name = f"its list {digest[:12]}…"
        check = ListCheck(kinds)
        try:
            with open_ordinary(self.path(digest)) as file:
                found, check = checked(file, kinds)
        except OSError as error:
            return f"{name} cannot be read ({error.strerror})", check
        if found != digest:
            return f"{name} was changed", check
        if check.lines != count:
            return f"{name} has {check.lines:,} lines, not {count:,}", check
        return "", check

    def unfit(self, digest: str, count: int, kind: str) -> str:
        """Why a record of today may not name a list as one of this kind, or the empty string.

        What was looked at once is not read again: its name is its digest.
        """
        if (digest, count, kind) in self._fit:
            return ""
        lost, check = self.check(digest, count, (kind,))
        why = lost or (f"its list {digest[:12]}…: {check.why(kind)}" if check.why(kind) else "")
        if not why:
            self._fit.add((digest, count, kind))
        return why

    def get(self, digest: str) -> list[str]:
        """The values of a stored list; raises DamagedError where it is gone or changed.

        Raises NoListError where it is what was stored, but no list.
        """
        try:
            data = read_ordinary(self.path(digest))
        except OSError as error:
            raise DamagedError(
                f"The list {digest} of the ledger cannot be read: {error.strerror}."
            ) from error
        if sha256(data) != digest:
            raise DamagedError(f"The list {digest} of the ledger was changed.")
        try:
            return read_lines(data)
        except ValueError as error:
            raise NoListError(f"The list {digest} of the ledger is none: {error}.") from error
