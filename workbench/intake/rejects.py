"""Bad records: each once, as one line of ASCII JSON with its place, the reason and its bytes."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Protocol

from workbench.intake.sampled_units import PLACEHOLDERS
from workbench.text.sanitize import safe_text

REASONS: dict[str, str] = {
    "bad_time": "a time that cannot be read",
    "not_a_number": "text where a number belongs",
    "number_out_of_range": "a number beyond its column's range",
    "not_a_boolean": "neither true nor false",
    "missing_required": "a required cell is empty",
    "nul_in_id": "a NUL character in a required id",
    "too_many_cells": "more cells than the header",
    "too_few_cells": "fewer cells than the header",
    "invalid_utf8": "bytes that are not UTF-8",
    "broken_json": "not valid JSON",
    "not_an_object": "JSON, but no object",
    "unterminated_quote": "a quote that does not end",
    "truncated": "the file ends inside the record",
    "not_a_log_line": "no line of this log",
    "too_long": "longer than the largest record",
}
# What may be done about a reason; {column} is the column it is about.
REMEDIES: dict[str, str] = {
    "bad_time": 'A mapping says how times are written: {column} = {{ from = "FIELD", '
    'format = "%d.%m.%Y %H:%M:%S" }}.',
    "not_a_number": "A mapping can leave the column out: {column} = [].",
    "number_out_of_range": "A mapping can leave the column out: {column} = [].",
    "not_a_boolean": "A mapping can leave the column out: {column} = [].",
    "missing_required": 'A mapping may name further fields: {column} = ["FIELD", "OTHER"].',
    "too_many_cells": "Cells that hold the delimiter must be quoted.",
    "invalid_utf8": "Convert the file: iconv -f LATIN1 -t UTF-8 FILE > FILE.utf8.",
}
_NOTHING = "If it stands for nothing, a mapping says so for the table: empty = [{cell}]."
_DECIMAL = 'A mapping says for the table which mark is the decimal one: decimal = "," or ".".'
_ABBREVIATED = re.compile(r".*[0-9] ?[A-Z]{2,5}\s*", re.S)
_ZONE = (
    "What {zone} stands for differs from place to place and is not guessed; a mapping says it: "
    '{column} = {{ from = "FIELD", zone = "Europe/London" }}.'
)
_GROUPED = re.compile(r"\s*[-+]?\d[\d.,' \xa0\u202f]*\s*")
# A reject of more bytes than this is cut; its line number still finds the whole.
LARGEST_RAW = 1 << 20


@dataclass(frozen=True, slots=True)
class Reject:
    """One bad record: first and last line (row for Parquet), why, which column, its bytes.

    `cell` is the beginning of the cell that failed, where one did; `size` the bytes that it took
    of its file, where records are cut out of bytes.
    """

    line: int
    line_end: int
    reason: str
    column: str
    raw: bytes
    cell: str = ""
    size: int = 0


@dataclass(slots=True)
class RejectKind:
    """Records of one file that were rejected for one reason: how many, and the first of them."""

    reason: str
    column: str
    line: int
    cell: str
    records: int = 0

    def words(self, file: str) -> str:
        """What is wrong, where it is seen first, and what to do about it."""
        what = REASONS[self.reason]
        what = what[0].upper() + what[1:]
        if self.column:
            what += f" in {self.column}"
        if self.cell:
            what += f": “{safe_text(self.cell, 60)}”"
        remedy = self._remedy().format(
            column=self.column,
            cell=f'"{safe_text(self.cell.strip(), 20)}"',
            zone=f"“{safe_text(self.cell.strip()[-5:].lstrip('0123456789: '), 5)}”",
        )
        return f"{what} (line {self.line:,} of {safe_text(file, 60)}). {remedy}".rstrip()

    def _remedy(self) -> str:
        if self.cell.strip().lower() in PLACEHOLDERS:
            return _NOTHING
        if self.reason == "bad_time" and _ABBREVIATED.fullmatch(self.cell):
            return _ZONE
        if self.reason == "not_a_number" and _GROUPED.fullmatch(self.cell):
            return _DECIMAL
        return REMEDIES.get(self.reason, "")


class RejectTally:
    """Counts bad records per source, and by kind."""

    def __init__(self) -> None:
        self.counts: dict[int, int] = {}
        self._kinds: dict[int, dict[tuple[str, str], RejectKind]] = {}

    def write(self, source_id: int, source: str, reject: Reject) -> None:
        """Count one record."""
        self.add(source_id, reject)

    def add(self, source_id: int, first: Reject, records: int = 1) -> None:
        """Count records of one kind, of which `first` is the first."""
        self.counts[source_id] = self.counts.get(source_id, 0) + records
        kinds = self._kinds.setdefault(source_id, {})
        fresh = RejectKind(first.reason, first.column, first.line, first.cell)
        kinds.setdefault((first.reason, first.column), fresh).records += records

    def kinds(self, source_id: int) -> list[RejectKind]:
        """The kinds of a source, most frequent first."""
        found = self._kinds.get(source_id, {}).values()
        return sorted(found, key=lambda kind: (-kind.records, kind.line))


class RejectSink(Protocol):
    """Takes bad records."""

    def write(self, source_id: int, source: str, reject: Reject) -> None:
        """Take one bad record of a source."""


class RejectFile(RejectTally):
    """Writes `rejects.jsonl`, and counts."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._file = path.open("a", encoding="ascii")

    def write(self, source_id: int, source: str, reject: Reject) -> None:
        """Add one record. Bytes that are not UTF-8 become \\udc80..\\udcff (surrogateescape)."""
        entry = {
            "source": source,
            "source_id": source_id,
            "line": reject.line,
            "line_end": reject.line_end,
            "reason": reject.reason,
            "column": reject.column,
            "raw": reject.raw[:LARGEST_RAW].decode("utf-8", "surrogateescape"),
        }
        if len(reject.raw) > LARGEST_RAW:
            entry["raw_bytes"] = len(reject.raw)
        self._file.write(json.dumps(entry, ensure_ascii=True) + "\n")
        super().write(source_id, source, reject)

    def __enter__(self) -> RejectFile:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()
