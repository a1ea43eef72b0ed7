"""Which files an extract is made of, and what each is by its content, never by its extension."""

from __future__ import annotations

import os
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

import zstandard

from workbench.errors import WorkbenchError
from workbench.text.sanitize import safe_text

Form = Literal["parquet", "csv", "jsonl"]
Packing = Literal["", "gz", "zst"]
_SUFFIXES = (".parquet", ".pq", ".csv", ".tsv", ".txt", ".jsonl", ".ndjson", ".json", ".log")
_SAMPLE = 256 << 10
_LARGEST_SAMPLE = 64 << 20
_BITE = 16 << 10
# An extract from elsewhere may hold links to files of the analyst's own.
_LINKED = "It is a link; links in a folder are not followed out of it: name the file itself."
_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Extract:
    """One file: where it is, what it holds, and its first bytes decompressed (texts only)."""

    path: Path
    form: Form
    packing: Packing
    head: bytes = b""

    @property
    def format(self) -> str:
        """`parquet`, `csv` or `jsonl`, with `.gz` or `.zst` where packed."""
        return f"{self.form}.{self.packing}" if self.packing else self.form

    @property
    def shown(self) -> str:
        """The path for messages."""
        return safe_text(self.path)


def find_extracts(paths: Iterable[Path]) -> list[Path]:
    """The files that the given files and folders stand for, folders in name order.

    In a folder, hidden files, names that begin with `_`, other kinds of files and a folder named
    `truth` (labels beside generated extracts) are left out. Raises WorkbenchError for a path that
    does not exist and for a folder without extracts.
    """
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            inside = sorted(_walk(path))
            if not inside:
                raise WorkbenchError(
                    f"The folder {safe_text(path)} holds no extract files.",
                    hint="Expected .parquet, .csv or .jsonl files, plain, .gz or .zst.",
                )
            found += inside
        elif path.is_file():
            found.append(path)
        else:
            raise WorkbenchError(
                f"There is no file {safe_text(path)}.", hint="Check the path, then load again."
            )
    twice = {os.path.realpath(path): path for path in found}
    return list(twice.values())


def _walk(folder: Path) -> Iterator[Path]:
    for root, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if name[0] not in "._" and name != "truth"]
        for name in files:
            stem = name.lower().removesuffix(".gz").removesuffix(".zst")
            if name[0] not in "._" and (stem.endswith(_SUFFIXES) or "." not in stem):
                yield Path(root) / name


def sniff(path: Path) -> Extract:
    """Look at the first bytes; raises WorkbenchError where they are none of the known forms."""
    try:
        with path.open("rb") as file:
            start = file.read(_SAMPLE)
            # A first line of megabytes: read on until it ends.
            while len(start) < _LARGEST_SAMPLE and b"\n" not in _unpacked(start)[1]:
                more = file.read(len(start))
                if not more or start.startswith(b"PAR1"):
                    break
                start += more
    except OSError as error:
        raise WorkbenchError(
            f"{safe_text(path)} cannot be read: {error.strerror}.",
            hint=_LINKED if path.is_symlink() else "Check the file's owner and mode (`ls -l`).",
        ) from error
    if not start:
        raise WorkbenchError(
            f"{safe_text(path)} is empty.", hint="Leave it out, or export it again."
        )
    packing, head = _unpacked(start)
    if head.startswith(b"PAR1"):
        if packing:
            raise WorkbenchError(
                f"{safe_text(path)} is a Parquet file packed once more (.{packing}).",
                hint="Unpack it first: Parquet is compressed inside.",
            )
        return Extract(path, "parquet", "")
    return Extract(path, _text_form(path, head), packing, head.removeprefix(_BOM))


def _unpacked(start: bytes) -> tuple[Packing, bytes]:
    if start.startswith(b"\x1f\x8b"):
        return "gz", _members(start, lambda: zlib.decompressobj(31))
    if start.startswith(b"\x28\xb5\x2f\xfd"):
        return "zst", _members(start, lambda: zstandard.ZstdDecompressor().decompressobj())
    return "", start


class _Unpacker(Protocol):
    @property
    def eof(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, /) -> bytes: ...


def _members(data: bytes, fresh: Callable[[], _Unpacker]) -> bytes:
    """What the beginning of a packed file, of one member or several, unpacks to."""
    head = b""
    while data:
        member = fresh()
        try:
            for at in range(0, len(data), _BITE):
                head += member.decompress(data[at : at + _BITE])
                if _enough(head) or member.eof:
                    break
        except (zlib.error, zstandard.ZstdError):
            break
        if not member.eof or _enough(head):
            break
        data = member.unused_data + data[at + _BITE :]
    return head


def _enough(head: bytes) -> bool:
    return len(head) >= _LARGEST_SAMPLE or (len(head) >= _SAMPLE and b"\n" in head)


def _text_form(path: Path, head: bytes) -> Form:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise WorkbenchError(
            f"{safe_text(path)} is UTF-16 text.",
            hint="Convert it: iconv -f UTF-16 -t UTF-8 FILE > FILE.utf8",
        )
    text = head.removeprefix(_BOM)
    lines = [line.strip() for line in text.split(b"\n")[:200] if line.strip()]
    if not lines or b"\0\0" in head[:64]:
        raise WorkbenchError(
            f"{safe_text(path)} is neither Parquet nor CSV nor JSON lines.",
            hint="Export it again as one of these; .gz and .zst are fine.",
        )
    if lines[0].startswith(b"[") and lines[0][1:2] in (b"", b"{", b" "):
        raise WorkbenchError(
            f"{safe_text(path)} is one JSON array.",
            hint="Write one object a line instead: jq -c '.[]' FILE > FILE.jsonl",
        )
    objects = sum(line.startswith(b"{") for line in lines)
    if objects * 2 > len(lines) or lines[0].startswith(b"{"):
        return "jsonl"
    if b"\n" not in text and text.count(b"\r") > 1:
        raise WorkbenchError(
            f"{safe_text(path)} ends its lines with CR alone.",
            hint="Convert it: tr '\\r' '\\n' < FILE > FILE.csv",
        )
    return "csv"
