"""Cuts the bytes of CSV into records: RFC 4180, or a dialect of it that is written anew as that."""

from __future__ import annotations

import re
from collections.abc import Sequence

from workbench.intake.probe import Dialect
from workbench.intake.readers.csv_cells import OPEN_CELL, CellWriter, cell, ended, repeated
from workbench.intake.readers.record_splitter import LARGEST_RECORD, Batch, is_utf8, unmarked


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
            data, self._begun = unmarked(data)
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
