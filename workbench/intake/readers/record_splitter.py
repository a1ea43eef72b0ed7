"""Cuts the bytes of CSV and JSON lines into records, exactly: every record is either handed on
with the number of its first line, or rejected once, with its lines and bytes.

A CSV record is RFC 4180: cells between delimiters, a cell that begins with a quote ends with one
(doubled inside), anything else is taken as it is. A line is what ends with LF, as an editor counts.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Protocol

from workbench.errors import WorkbenchError
from workbench.intake.access_logs import LogLines
from workbench.intake.readers.byte_stream import Stream
from workbench.intake.rejects import Reject

LARGEST_RECORD = 64 << 20
BOM = b"\xef\xbb\xbf"
# Between the line number and the record in the files the engine reads; no JSON text holds them raw.
MARK, NO_QUOTE = b"\x1f", b"\x1e"


@dataclass(slots=True)
class Batch:
    """Records in file order with their first lines, and what was rejected between them.

    `passed` counts the bytes that belong to no record: byte-order mark, header, line ends, blanks.
    """

    lines: list[int] = field(default_factory=list)
    records: list[bytes] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)
    passed: int = 0
    mended: int = 0  # records with half a letter, which became U+FFFD

    @property
    def size(self) -> int:
        """Bytes of the file that this batch answers for."""
        rejected = sum(reject.size for reject in self.rejects)
        return sum(map(len, self.records)) + rejected + self.passed

    def add(self, line: int, record: bytes) -> None:
        """Hand on one record."""
        self.lines.append(line)
        self.records.append(record)

    def reject(self, line: int, record: bytes, reason: str) -> None:
        """Reject one record; its last line follows from its bytes."""
        end = line + record.rstrip(b"\n").count(b"\n")
        raw = record.rstrip(b"\r\n")
        self.rejects.append(Reject(line, end, reason, "", raw, size=len(record)))


_HALVES = re.compile(
    rb"(\\\\)|(\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2})"
    rb"|\\u[dD][89a-fA-F][0-9a-fA-F]{2}"
)


def mend_halves(batch: Batch) -> None:
    """Put U+FFFD where a text was cut inside a letter (`\\ud83d` alone): the length stays."""
    for at, record in enumerate(batch.records):
        if b"\\ud" in record or b"\\uD" in record:
            mended = _HALVES.sub(lambda m: m[1] or m[2] or rb"\ufffd", record)
            if mended != record:
                batch.records[at] = mended
                batch.mended += 1


def is_utf8(data: bytes) -> bool:
    """Whether the bytes are UTF-8 (surrogates and overlong forms are not)."""
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def unmarked(data: bytes) -> tuple[bytes, bool]:
    """The beginning of a file without its byte-order mark, and whether that can be told yet."""
    told = len(data) >= len(BOM) or not BOM.startswith(data)
    return (data.removeprefix(BOM), True) if told else (data, False)


class LineSplitter:
    """JSON lines: a record is a line. `truncated()` tells whether the last one was cut."""

    def __init__(self, largest: int = LARGEST_RECORD) -> None:
        self._largest = largest
        self._line = 1
        self._held = b""
        self._begun = False
        self._start = b""  # the beginning of an overlong line
        self._dropped = 0  # its bytes that were let go so far

    def feed(self, block: bytes) -> Batch:
        """Take the next block; returns the records that are now complete."""
        batch, data = Batch(), self._held + block
        if not self._begun:
            read = len(data)
            data, self._begun = unmarked(data)
            if not self._begun:
                self._held = data
                return batch
            batch.passed = read - len(data)
        lines = data.split(b"\n")
        self._held = lines.pop()
        batch.passed += len(lines)
        if lines and self._dropped:
            self._end_overlong(batch, lines.pop(0))
        self._add(batch, lines)
        if self._dropped or len(self._held) > self._largest:
            self._start = self._start or self._held[: 1 << 16]
            self._dropped += len(self._held)
            self._held = b""
        return batch

    def _end_overlong(self, batch: Batch, end: bytes) -> None:
        size, raw = self._dropped + len(end), self._start
        batch.rejects.append(Reject(self._line, self._line, "too_long", "", raw, size=size))
        self._start, self._dropped = b"", 0
        self._line += 1

    def finish(self, *, truncated: bool) -> Batch:
        """The end of the file: the last line, unless it was cut."""
        batch = Batch()
        if self._dropped:
            self._end_overlong(batch, self._held)
        elif self._held and truncated:
            batch.reject(self._line, self._held, "truncated")
        elif self._held:
            self._add(batch, [self._held])
        self._held = b""
        return batch

    def _add(self, batch: Batch, lines: list[bytes]) -> None:
        first = self._line
        self._line += len(lines)
        whole = b"\n".join(lines)
        odd = MARK in whole or NO_QUOTE in whole or not is_utf8(whole)
        if b"\r" in whole:
            batch.passed += sum(line.endswith(b"\r") for line in lines)
            lines = [line.removesuffix(b"\r") for line in lines]
            odd = odd or b"\r" in b"\n".join(lines)
        for line, record in enumerate(lines, first):
            if not record or record.isspace():
                batch.passed += len(record)
                continue
            if odd and (reason := _odd_line(record)):
                batch.reject(line, record, reason)
            elif odd:
                batch.add(line, record.replace(b"\r", b" "))
            else:
                batch.add(line, record)


def _odd_line(record: bytes) -> str:
    if not is_utf8(record):
        return "invalid_utf8"
    # Raw control characters are illegal in JSON; CR alone may stand between its tokens.
    if MARK in record or NO_QUOTE in record or (b"\r" in record and not is_json(record)):
        return "broken_json"
    return ""


def is_json(record: bytes) -> bool:
    """Whether the bytes are strict JSON: no NaN, no trailing comma, no lone surrogate."""
    try:
        json.dumps(json.loads(record, parse_constant=_no_constant), ensure_ascii=False).encode()
    except RecursionError:
        return True
    except ValueError:
        return False
    return True


def _no_constant(name: str) -> None:
    raise ValueError(name)


class LogSplitter:
    """Lines of a log as objects; lines that a header consists of are passed over."""

    def __init__(self, kind: str) -> None:
        self._lines = LineSplitter()
        self._log = LogLines(kind)

    def feed(self, block: bytes) -> Batch:
        """Take the next block; returns the records that are now complete."""
        return self._turned(self._lines.feed(block))

    def finish(self, *, truncated: bool) -> Batch:
        """The end of the file."""
        return self._turned(self._lines.finish(truncated=truncated))

    def _turned(self, batch: Batch) -> Batch:
        lines, records = batch.lines, batch.records
        batch.lines, batch.records = [], []
        for line, raw in zip(lines, records, strict=True):
            if self._log.header(raw):
                batch.passed += len(raw)
            elif (record := self._log.record(raw)) is None:
                batch.reject(line, raw, "not_a_log_line")
            else:
                batch.passed += len(raw) - len(record)
                batch.add(line, record)
        return batch


class Splitter(Protocol):
    """Cuts blocks of bytes into records."""

    def feed(self, block: bytes, /) -> Batch:
        """Take the next block; returns the records that are now complete."""

    def finish(self, *, truncated: bool) -> Batch:
        """The end of the file."""


def split(splitter: Splitter, stream: Stream, shown: str) -> Iterator[Batch]:
    """Every batch of a file; `shown` names it.

    Raises WorkbenchError where not every byte came out: in a record, a reject, or passed over.
    """
    handled = 0
    for block in stream.blocks():
        batch = splitter.feed(block)
        handled += batch.size
        yield batch
    batch = splitter.finish(truncated=stream.truncated)
    yield batch
    missing = stream.unpacked_bytes - handled - batch.size
    if missing:
        raise WorkbenchError(
            f"{shown}: of {stream.unpacked_bytes:,} bytes that were read, {abs(missing):,} are "
            f"{'in no record and no reject' if missing > 0 else 'in more than one record'}.",
            hint="Nothing was committed. Check that the header line is whole; if it is, this is an "
            "error of the workbench or of this Python.",
        )
