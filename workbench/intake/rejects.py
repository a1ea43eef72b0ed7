"""Bad records: each once, as one line of ASCII JSON with its place, the reason and its bytes."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Protocol

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
    "too_long": "longer than the largest record",
}
# A reject of more bytes than this is cut; its line number still finds the whole.
LARGEST_RAW = 1 << 20


@dataclass(frozen=True, slots=True)
class Reject:
    """One bad record: first and last line (row for Parquet), why, which column, its bytes."""

    line: int
    line_end: int
    reason: str
    column: str
    raw: bytes


class RejectSink(Protocol):
    """Takes bad records."""

    def write(self, source_id: int, source: str, reject: Reject) -> None:
        """Take one bad record of a source."""


class RejectFile:
    """Writes `rejects.jsonl`; counts per source."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("a", encoding="ascii")
        self.counts: dict[int, int] = {}

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
        self.counts[source_id] = self.counts.get(source_id, 0) + 1

    def __enter__(self) -> RejectFile:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()
