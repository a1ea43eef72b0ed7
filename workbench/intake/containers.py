"""Files that hold files: folders, archives, databases, Arrow files; every one is listed.

What the engine's readers cannot read in place is unpacked into the load's own folder, in the
sandbox, and known by where it came from (`parts.zip!2026/07.csv`).
"""

from __future__ import annotations

import json
import os
import sqlite3
import tarfile
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from typing import IO, Any

from workbench.errors import WorkbenchError
from workbench.sql.quoting import identifier
from workbench.text.format import counted
from workbench.text.sanitize import safe_text

_COPIED = 1 << 20
_MAX_MEMBERS = 100_000
_NOT_DATA = (
    ".md", ".pdf", ".png", ".jpg", ".html", ".sha256", ".md5", ".crc", ".sig", ".asc", ".py",
    ".sh", ".toml", ".yaml", ".yml", ".sql", ".xlsx", ".docx", ".idx",
)  # fmt: skip
_SIDECARS = ("_SUCCESS", "_committed_", "_started_", "_metadata", "_common_metadata", "_delta_log")
_DEPTH = 3


@dataclass(frozen=True, slots=True)
class Found:
    """A file to look at, and where it came from where it was unpacked."""

    path: Path
    origin: str = ""
    named: bool = False  # by the analyst, not as one of a folder or archive

    @property
    def label(self) -> str:
        """The path as the analyst knows it."""
        return self.origin or str(self.path)


@dataclass(slots=True)
class Listing:
    """What the given files and folders hold: files to load, and those left out, with why."""

    files: list[Found] = field(default_factory=list)
    left_out: list[tuple[str, str]] = field(default_factory=list)

    def leave(self, label: str, why: str) -> None:
        """Note a file that is not loaded."""
        self.left_out.append((label, why))


class Unpacker:
    """Walks the given paths; what has to be unpacked goes to `spill`, `largest` bytes at most."""

    def __init__(
        self, spill: Path, largest: int, include: Sequence[str] = (), exclude: Sequence[str] = ()
    ) -> None:
        self._spill = spill
        self._left = largest
        self._include, self._exclude = include, exclude
        self._made = 0
        self.listing = Listing()

    def walk(self, paths: Iterable[Path]) -> Listing:
        """List everything; raises WorkbenchError for a path that does not exist."""
        for path in paths:
            if path.is_dir():
                for inner in _inside(path):
                    self._add(Found(inner), path, named=False, depth=0)
            elif path.is_file():
                self._add(Found(path, named=True), path.parent, named=True, depth=0)
            else:
                raise WorkbenchError(
                    f"There is no file {safe_text(path)}.", hint="Check the path, then load again."
                )
        twice = {os.path.realpath(one.path): one for one in self.listing.files}
        self.listing.files = list(twice.values())
        return self.listing

    def _add(self, found: Found, root: Path, *, named: bool, depth: int) -> None:
        label, name = found.label, Path(found.label.replace("!", "/")).name
        if not named and (why := _why_not(label, name, str(root))):
            self.listing.leave(label, why)
            return
        if self._include and not _matches(label, name, self._include):
            self.listing.leave(label, "not among what --include names")
            return
        if _matches(label, name, self._exclude):
            self.listing.leave(label, "named by --exclude")
            return
        try:
            if found.path.stat().st_size == 0:
                self.listing.leave(label, "empty: it holds no byte")
                return
            begun = _beginning(found.path)
        except OSError as error:
            if named or depth:
                raise
            # An extract from elsewhere may hold links to files of the analyst's own.
            why = (
                "a link, and links in a folder are not followed out of it: name the file itself"
                if found.path.is_symlink()
                else f"cannot be read: {error.strerror}"
            )
            self.listing.leave(label, why)
            return
        kind = _kind(found.path, begun) if depth < _DEPTH else ""
        if not kind:
            self.listing.files.append(found)
            return
        try:
            members = list(self._members(found, kind))
        except (OSError, zipfile.BadZipFile, tarfile.TarError, sqlite3.Error, EOFError, ValueError,
                RuntimeError, NotImplementedError) as error:  # fmt: skip
            raise WorkbenchError(
                f"{safe_text(label)} cannot be unpacked: {safe_text(str(error), 200)}.",
                hint="Unpack it with the tool that packed it, and load what comes out.",
            ) from error
        if not members:
            self.listing.leave(label, "holds nothing to load")
        for member in members:
            self._add(member, found.path, named=kind in ("sqlite", "feather"), depth=depth + 1)

    def _members(self, found: Found, kind: str) -> Iterator[Found]:
        if kind == "zip":
            yield from self._zip(found)
        elif kind == "tar":
            yield from self._tar(found)
        elif kind == "sqlite":
            yield from self._sqlite(found)
        else:
            yield from self._feather(found)

    def _zip(self, found: Found) -> Iterator[Found]:
        with zipfile.ZipFile(found.path) as archive:
            for member in archive.infolist()[:_MAX_MEMBERS]:
                label = f"{found.label}!{member.filename}"
                if member.is_dir():
                    continue
                if member.flag_bits & 1:
                    self.listing.leave(label, "encrypted: unpack it with its password first")
                    continue
                with archive.open(member) as source:
                    yield Found(self._copy(source, label), label)

    def _tar(self, found: Found) -> Iterator[Found]:
        with tarfile.open(found.path, "r|*") as archive:
            for number, member in enumerate(archive):
                label = f"{found.label}!{member.name}"
                if not member.isfile() or number > _MAX_MEMBERS:
                    continue
                source = archive.extractfile(member)
                if source is not None:
                    with source:
                        yield Found(self._copy(source, label), label)

    def _fresh(self, suffix: str) -> Path:
        self._made += 1
        return self._spill / f"member-{self._made}{suffix}"

    def _copy(self, source: IO[bytes], label: str) -> Path:
        path = self._fresh("")
        with path.open("wb") as target:
            while data := source.read(_COPIED):
                self._spend(len(data), label)
                target.write(data)
        return path

    def _spend(self, size: int, label: str) -> None:
        self._left -= size
        if self._left < 0:
            raise WorkbenchError(
                f"{safe_text(label)} unpacks to more than is allowed.",
                hint="If it is honest, raise load.largest_extract_gib in the settings.",
            )

    def _sqlite(self, found: Found) -> Iterator[Found]:
        connection = sqlite3.connect(f"{found.path.resolve().as_uri()}?immutable=1", uri=True)
        connection.text_factory = lambda raw: raw.decode("utf-8", "replace")
        try:
            names = [
                str(row[0])
                for row in connection.execute(
                    "SELECT name FROM sqlite_master WHERE type = 'table' "
                    "AND name NOT LIKE 'sqlite_%' ORDER BY name"
                )
            ]
            for name in names:
                label = f"{found.label}!{name}"
                path = self._fresh(".jsonl")
                rows = self._dump(connection, name, path, label)
                if rows:
                    yield Found(path, label)
                else:
                    self.listing.leave(label, "empty: a table without rows")
        finally:
            connection.close()

    def _dump(self, connection: sqlite3.Connection, name: str, path: Path, label: str) -> int:
        cursor = connection.execute(f"SELECT * FROM {identifier(name)}")
        names = [column[0] for column in cursor.description]
        rows = 0
        with path.open("w", encoding="ascii") as file:
            while batch := cursor.fetchmany(5000):
                lines = [
                    json.dumps(dict(zip(names, map(_cell, row), strict=False))) for row in batch
                ]
                text = "\n".join(lines) + "\n"
                self._spend(len(text), label)
                file.write(text)
                rows += len(batch)
        return rows

    def _feather(self, found: Found) -> Iterator[Found]:
        import polars

        path = self._fresh(".parquet")
        polars.scan_ipc(found.path).sink_parquet(path, compression="zstd")
        yield Found(path, found.label)


def _cell(value: Any) -> Any:
    if isinstance(value, bytes):
        try:
            return value.decode("utf-8")
        except UnicodeDecodeError:
            return value.hex()
    return value


def _inside(folder: Path) -> Iterator[Path]:
    for root, folders, files in os.walk(folder):
        folders.sort()
        # Labels beside generated extracts are what is to be found, not what is looked at.
        folders[:] = [name for name in folders if name[0] != "." and name != "truth"]
        for name in sorted(files):
            yield Path(root) / name


def _why_not(label: str, name: str, root: str) -> str:
    """Why a file of a folder or archive is no extract; empty where it may be one."""
    inner = label.removeprefix(root)
    if name.startswith(".") or "/__MACOSX/" in inner:
        return "hidden"
    if name.startswith("_") or any(f"/{one}" in inner for one in _SIDECARS):
        return "sidecar: it tells of the other files"
    if name.lower().endswith(_NOT_DATA):
        return "sidecar: no form of data that is read"
    return ""


def _matches(label: str, name: str, patterns: Sequence[str]) -> bool:
    return any(fnmatchcase(name, one) or fnmatchcase(label, one) for one in patterns)


def _beginning(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(512)


def _kind(path: Path, begun: bytes) -> str:
    if begun.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return "zip"
    if begun.startswith(b"SQLite format 3\0"):
        return "sqlite"
    if begun.startswith(b"ARROW1"):
        return "feather"
    if begun[257:262] == b"ustar":
        return "tar"
    packed = begun.startswith((b"\x1f\x8b", b"BZh", b"\xfd7zXZ\0"))
    if packed and _holds_tar(path):
        return "tar"
    return ""


def _holds_tar(path: Path) -> bool:
    try:
        with tarfile.open(path, "r|*") as archive:
            return archive.next() is not None
    except (tarfile.TarError, OSError, EOFError, ValueError):
        return False


def left_out_words(left_out: Sequence[tuple[str, str]]) -> list[str]:
    """One line a reason, with the first names and how many more."""
    reasons: dict[str, list[str]] = {}
    for label, why in left_out:
        reasons.setdefault(why, []).append(label)
    lines = []
    for why, labels in reasons.items():
        more = f" and {counted(len(labels) - 3, 'more file')}" if len(labels) > 3 else ""
        lines.append(f"left out: {', '.join(safe_text(one) for one in labels[:3])}{more}: {why}.")
    return lines
