"""Which files an extract is made of, and what each is by its content, never by its extension."""

from __future__ import annotations

import bz2
import lzma
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Literal, Protocol

import zstandard

from workbench.errors import WorkbenchError
from workbench.intake.access_logs import kind_of_log
from workbench.intake.record_shapes import Shape, find_shape
from workbench.intake.text_encodings import as_utf8, encoding_of
from workbench.text.sanitize import safe_text

Form = Literal["parquet", "csv", "jsonl", "json", "log"]
Packing = Literal["", "gz", "zst", "bz2", "xz"]
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
    encoding: str = ""  # of its text, where that is not UTF-8
    shape: Shape | None = None  # where its records are, where they are no lines
    log: str = ""  # the kind of log that its lines are
    origin: str = ""  # what it was taken out of, where `path` is a copy made for the load

    @property
    def format(self) -> str:
        """`parquet`, `csv` or `jsonl`, with `.gz` or `.zst` where packed."""
        return f"{self.form}.{self.packing}" if self.packing else self.form

    @property
    def cut(self) -> bool:
        """Whether the head is less than the whole."""
        return bool(self.packing or self.encoding) or self.path.stat().st_size > len(self.head) + 3

    @property
    def label(self) -> str:
        """The path as the analyst knows it."""
        return self.origin or str(self.path)

    @property
    def name(self) -> str:
        """The last part of the path as the analyst knows it."""
        return PurePosixPath(self.label.replace("!", "/")).name

    @property
    def shown(self) -> str:
        """The path for messages."""
        return safe_text(self.label)


def sniff(path: Path, encoding: str = "") -> Extract:
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
    encoding = encoding or encoding_of(head)
    if encoding:
        head = b"".join(as_utf8(iter([head]), encoding)).removesuffix(b"\xef\xbf\xbd")
    head = head.removeprefix(_BOM)
    form, shape, log = _text_form(path, head)
    return Extract(path, form, packing, head, encoding, shape, log)


def _unpacked(start: bytes) -> tuple[Packing, bytes]:
    if start.startswith(b"\x1f\x8b"):
        return "gz", _members(start, lambda: zlib.decompressobj(31))
    if start.startswith(b"\x28\xb5\x2f\xfd"):
        return "zst", _members(start, lambda: zstandard.ZstdDecompressor().decompressobj())
    if start.startswith(b"BZh") and start[4:10] in (b"1AY&SY", b"\x17rE8P\x90"):
        return "bz2", _members(start, bz2.BZ2Decompressor)
    if start.startswith(b"\xfd7zXZ\0"):
        return "xz", _members(start, lambda: lzma.LZMADecompressor(memlimit=256 << 20))
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
        except (zlib.error, zstandard.ZstdError, OSError, lzma.LZMAError, EOFError, ValueError):
            break
        if not member.eof or _enough(head):
            break
        data = member.unused_data + data[at + _BITE :]
    return head


def _enough(head: bytes) -> bool:
    return len(head) >= _LARGEST_SAMPLE or (len(head) >= _SAMPLE and b"\n" in head)


def _text_form(path: Path, head: bytes) -> tuple[Form, Shape | None, str]:
    text = head.removeprefix(_BOM)
    lines = [line.strip() for line in text.split(b"\n")[:200] if line.strip()]
    if not lines or b"\0\0" in head[:64]:
        raise WorkbenchError(
            f"{safe_text(path)} is neither Parquet nor CSV nor JSON.",
            hint="Export it again as one of these; .gz, .zst, .bz2, .xz, .zip and .tar are fine.",
        )
    if lines[0][:1] in (b"[", b"{", b"\x1e"):
        shape = find_shape(head.decode("utf-8", "replace"))
        if shape is not None:
            return "json", shape, ""
    objects = sum(line.startswith(b"{") for line in lines)
    if objects * 2 > len(lines) or lines[0].startswith(b"{"):
        return "jsonl", None, ""
    if log := kind_of_log(lines):
        return "log", None, log
    return "csv", None, ""
