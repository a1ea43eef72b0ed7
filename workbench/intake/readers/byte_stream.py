"""The bytes of a text extract: unpacked, hashed and counted in one reading."""

from __future__ import annotations

import bz2
import hashlib
import lzma
import zlib
from collections.abc import Iterator
from typing import BinaryIO, Protocol

import zstandard

from workbench.errors import WorkbenchError
from workbench.intake.detect import Extract
from workbench.intake.text_encodings import as_utf8

BLOCK = 8 << 20
_PACKED = 1 << 20
# 4 bytes of zstd can stand for 128 KiB; small bites bound what one call may answer.
_ZST_BITE = 16 << 10
_XZ_MEMORY = 256 << 20


def _xz() -> lzma.LZMADecompressor:
    return lzma.LZMADecompressor(memlimit=_XZ_MEMORY)


class Stream(Protocol):
    """Unpacked bytes in blocks; `truncated` is final once they are exhausted."""

    truncated: bool
    read_bytes: int
    unpacked_bytes: int

    def blocks(self) -> Iterator[bytes]:
        """The unpacked content."""

    def again(self) -> Stream:
        """The same bytes from the beginning."""


class HeadStream:
    """Only the beginning of a file, as `sniff` read it."""

    def __init__(self, extract: Extract) -> None:
        self._extract = extract
        self.truncated = extract.cut
        self.read_bytes = 0
        self.unpacked_bytes = len(extract.head)

    def blocks(self) -> Iterator[bytes]:
        """One block."""
        yield self._extract.head

    def again(self) -> HeadStream:
        """The same bytes from the beginning."""
        return HeadStream(self._extract)


class ByteStream:
    """Reads one file once. After `blocks` is exhausted `sha256` and `truncated` are final."""

    def __init__(self, extract: Extract, largest: int) -> None:
        self._extract = extract
        self._largest = largest
        self._digest = hashlib.sha256()
        self.read_bytes = 0
        self.unpacked_bytes = 0
        self.truncated = False
        self.damage = ""

    @property
    def sha256(self) -> str:
        """The digest of what was read so far: of the whole file once exhausted."""
        return self._digest.hexdigest()

    def again(self) -> ByteStream:
        """The same bytes from the beginning."""
        return ByteStream(self._extract, self._largest)

    def blocks(self) -> Iterator[bytes]:
        """The unpacked content in blocks of about 8 MiB.

        Raises WorkbenchError where it grows over the limit for compressed extracts.
        """
        with self._extract.path.open("rb", buffering=0) as file:
            held: list[bytes] = []
            size = 0
            for piece in as_utf8(self._pieces(file), self._extract.encoding):
                self.unpacked_bytes += len(piece)
                if self._extract.packing and self.unpacked_bytes > self._largest:
                    raise WorkbenchError(
                        f"{self._extract.shown} unpacks to more than {self._largest:,} bytes.",
                        hint="If the file is honest, raise load.largest_extract_gib in the "
                        "settings.",
                    )
                held.append(piece)
                size += len(piece)
                if size >= BLOCK:
                    yield b"".join(held)
                    held, size = [], 0
            if held:
                yield b"".join(held)
            while self._read(file, _PACKED):
                pass

    def _read(self, file: BinaryIO, size: int) -> bytes:
        data = file.read(size)
        self._digest.update(data)
        self.read_bytes += len(data)
        return data

    def _pieces(self, file: BinaryIO) -> Iterator[bytes]:
        if self._extract.packing == "gz":
            return self._gz(file)
        if self._extract.packing == "zst":
            return self._zst(file)
        if self._extract.packing in ("bz2", "xz"):
            return self._members(file)
        return iter(lambda: self._read(file, BLOCK), b"")

    def _stop(self, damage: str) -> None:
        self.truncated = True
        self.damage = damage

    def _gz(self, file: BinaryIO) -> Iterator[bytes]:
        member = zlib.decompressobj(31)
        data = b""
        while data or (data := self._read(file, _PACKED)):
            if member.eof:
                data = data.lstrip(b"\0")
                if not data:
                    continue
                member = zlib.decompressobj(31)
            try:
                yield member.decompress(data, BLOCK)
            except zlib.error as error:
                self._stop(f"damaged near byte {self.read_bytes:,} ({error})")
                return
            data = member.unconsumed_tail or member.unused_data
        if rest := member.flush():
            yield rest
        if not member.eof:
            self._stop("ends inside the packed stream")

    def _members(self, file: BinaryIO) -> Iterator[bytes]:
        """bz2 and xz, of one stream or several."""
        fresh = bz2.BZ2Decompressor if self._extract.packing == "bz2" else _xz
        member = fresh()
        data = b""
        while True:
            if member.eof:
                data = member.unused_data.lstrip(b"\0") or self._read(file, _PACKED)
                if not data:
                    return
                member = fresh()
            elif member.needs_input:
                data = self._read(file, _PACKED)
                if not data:
                    self._stop("ends inside the packed stream")
                    return
            try:
                yield member.decompress(data, BLOCK)
            except (OSError, lzma.LZMAError, ValueError, EOFError) as error:
                self._stop(f"damaged near byte {self.read_bytes:,} ({error})")
                return
            data = b""

    def _zst(self, file: BinaryIO) -> Iterator[bytes]:
        fresh = zstandard.ZstdDecompressor(max_window_size=1 << 31)
        frame = fresh.decompressobj()
        data = b""
        while data or (data := self._read(file, _ZST_BITE)):
            if frame.eof:
                frame = fresh.decompressobj()
            try:
                yield frame.decompress(data)
            except zstandard.ZstdError as error:
                self._stop(f"damaged near byte {self.read_bytes:,} ({error})")
                return
            data = frame.unused_data if frame.eof else b""
        if not frame.eof:
            self._stop("ends inside the packed stream")
