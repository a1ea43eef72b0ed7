"""Cuts the bytes of CSV and JSON lines into records, exactly: every record is either handed on
with the number of its first line, or rejected once, with its lines and bytes.

A CSV record is RFC 4180: cells between delimiters, a cell that begins with a quote ends with one
(doubled inside), anything else is taken as it is. A line is what ends with LF, as an editor counts.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from workbench.errors import WorkbenchError
from workbench.intake.access_logs import LogLines
from workbench.intake.readers.byte_stream import Stream
from workbench.intake.probe import Dialect
from workbench.intake.readers.csv_cells import OPEN_CELL, CellWriter, cell, ended, repeated
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


def _unmarked(data: bytes) -> tuple[bytes, bool]:
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
            data, self._begun = _unmarked(data)
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


class CsvSplitter:
    """CSV with a header of `columns` cells; `typed` are the cells that are not text.

    The header line itself is not handed on.
    """

    def __init__(
        self,
        columns: int,
        delimiter: bytes = b",",
        typed: Sequence[int] = (),
        largest: int = LARGEST_RECORD,
        dialect: Dialect | None = None,
    ) -> None:
        mark = re.escape(delimiter)
        given = dialect or Dialect()
        odd = (given.quote.encode(), given.escape.encode())
        # The CR of a line end is taken with a plain last cell; `ended` tells them apart.
        first, later = cell(mark, 1, *odd), cell(mark, 2, *odd)
        between = rb"%b[ \t]*" % mark if given.trim else mark
        self._record = re.compile(rb"%b(?:%b%b){%d}\r?\n" % (first, between, later, columns - 1))
        self._loose = re.compile(first + repeated(between + cell(mark, 3, *odd), 2))
        self._cells = re.compile(rb"(?:^|%b)(?P<cell>%b)" % (between, later))
        self._rewrite = CellWriter(given, delimiter) if given.rewritten else None
        self._skip = given.skip
        self._columns = columns
        self._delimiter = delimiter
        self._typed = typed
        self._largest = largest
        self._line = 1
        self._held = b""
        self._begun = False
        self._header_seen = not given.headed

    def feed(self, block: bytes) -> Batch:
        """Take the next block; returns the records that are now complete."""
        data = self._held + block
        passed = 0
        if not self._begun:
            read = len(data)
            data, self._begun = _unmarked(data)
            if not self._begun:
                self._held = data
                return Batch()
            passed = read - len(data)
        batch = self._split(data, final=False)
        batch.passed += passed
        return batch

    def finish(self, *, truncated: bool) -> Batch:
        """The end of the file: the last record, unless it was cut."""
        data = self._held
        if not data:
            return Batch()
        if truncated:
            batch = self._split(data, final=False)
            if self._held:
                batch.reject(self._line, self._held, "truncated")
            self._held = b""
            return batch
        if data.endswith(b"\n"):
            return self._split(data, final=True)
        batch = self._split(data + b"\n", final=True)
        batch.passed -= 1
        return batch

    def _split(self, data: bytes, *, final: bool) -> Batch:
        batch = Batch()
        start = 0
        while self._skip:
            end = data.find(b"\n") + 1
            if not end:
                self._held = data if len(data) < self._largest else b""
                return batch
            self._skip -= 1
            self._line += 1
            batch.passed += end
            data = data[end:]
        if not self._header_seen:
            found = self._record.match(data)
            if found is None:
                # No header is that long: what is let go is missing at the end, which stops it.
                self._held = data if len(data) < self._largest else b""
                return batch
            self._header_seen = True
            start = found.end()
            batch.passed += start
            self._line += data.count(b"\n", 0, start)
        end = data.rfind(b"\n") + 1
        if b'"' not in data and self._rewrite is None:
            self._split_plain(batch, data[start:end])
            self._held = data[max(start, end) :]
        else:
            self._split_quoted(batch, data, start, final=final)
        if not is_utf8(data):
            _drop_invalid(batch)
        if self._rewrite is not None:
            for at, record in enumerate(batch.records):
                batch.records[at] = written = self._rewrite.record(self._cells_of(record))
                batch.passed += len(record) - len(written)
        return batch

    def _split_plain(self, batch: Batch, data: bytes) -> None:
        first = self._line
        lines = data.split(b"\n")[:-1]
        batch.passed += len(lines)
        if b"\r" in data:
            batch.passed += sum(line.endswith(b"\r") for line in lines)
            lines = [line.removesuffix(b"\r") for line in lines]
        delimiter, wanted = self._delimiter, self._columns - 1
        for line, record in enumerate(lines, first):
            count = record.count(delimiter)
            if count == wanted and record:
                batch.add(line, record)
            elif record:
                reason = "too_many_cells" if count > wanted else "too_few_cells"
                batch.reject(line, record, reason)
        self._line += len(lines)

    def _split_quoted(self, batch: Batch, data: bytes, start: int, *, final: bool) -> None:
        match, line, size = self._record.match, self._line, len(data)
        while start < size:
            found = match(data, start)
            if found is not None:
                end = found.end()
                record = ended(data[start:end])
                batch.passed += end - start - len(record)
                if record:
                    batch.add(line, record)
            else:
                end, reason = self._bad_record(data, start, final=final)
                if not reason:
                    break
                record = data[start:end]
                if ended(record):
                    batch.reject(line, record, reason)
                else:
                    batch.passed += len(record)
            line += data.count(b"\n", start, end)
            start = end
        self._line = line
        self._held = data[start:]

    def _bad_record(self, data: bytes, start: int, *, final: bool) -> tuple[int, str]:
        """Where the bad record at `start` ends, and why it is bad; no reason: need more bytes."""
        loose = self._loose.match(data, start)
        stop = loose.end() if loose is not None else start
        rest = data[stop : stop + 2]
        if rest.startswith((b"\n", b"\r\n")):
            cells = self._cells_of(data[start:stop])
            reason = "too_many_cells" if len(cells) > self._columns else "too_few_cells"
            return data.index(b"\n", stop) + 1, reason
        waiting = stop == len(data) or rest == b"\r" or _is_open(data, stop)
        if waiting and not final and len(data) - start < self._largest:
            return start, ""
        end = self._next_record(data, start)
        if end < 0:
            if not final and len(data) - start < self._largest:
                return start, ""
            end = len(data)
        return end, "unterminated_quote"

    def requoted(self, record: bytes) -> bytes:
        """The record with every plain cell that holds a CR in quotes, as the engine needs it."""
        cells = self._cells_of(record)
        return self._delimiter.join(
            b'"%b"' % cell.replace(b'"', b'""')
            if b"\r" in cell and not cell.startswith(b'"')
            else cell
            for cell in cells
        )

    def _cells_of(self, record: bytes) -> list[bytes]:
        return [found["cell"] for found in self._cells.finditer(record)]

    def _next_record(self, data: bytes, start: int) -> int:
        """The first line after `start` from which a record can be recognised; -1 if none."""
        at = start
        while (newline := data.find(b"\n", at)) >= 0:
            at = newline + 1
            found = self._record.match(data, at)
            if found is not None and self._plausible(ended(data[at : found.end()])):
                return at
        return -1

    def _plausible(self, record: bytes) -> bool:
        cells = self._cells_of(record)
        if len(cells) != self._columns or b"\n" in record:
            return False
        return all(
            not cells[index] or cells[index][:1] in b'0123456789+-.tTfFyYnN"'
            for index in self._typed
        )


def _is_open(data: bytes, at: int) -> bool:
    """Whether a cell in quotes begins at `at` and more bytes may still end it."""
    found = OPEN_CELL.match(data, at)
    return found is not None and found.end() == len(data)


def _drop_invalid(batch: Batch) -> None:
    kept = Batch(rejects=batch.rejects)  # which may have grown; what is passed stays
    for line, record in zip(batch.lines, batch.records, strict=True):
        if is_utf8(record):
            kept.add(line, record)
        else:
            kept.reject(line, record, "invalid_utf8")
    batch.lines, batch.records = kept.lines, kept.records


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
