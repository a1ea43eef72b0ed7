"""Writes whole results: Parquet and JSONL lossless, CSV readable and safe in a spreadsheet.

The digest of a result is the SHA-256 of its JSONL export, so anybody can repeat it with
`workbench run … --format jsonl | sha256sum`.
"""

from __future__ import annotations

import csv
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from workbench.engine.cells import as_cells, result_columns
from workbench.engine.contract import unique_names
from workbench.engine.session import engine_errors
from workbench.sql.quoting import identifier
from workbench.text.sanitize import guard_formula, safe_text

if TYPE_CHECKING:
    import duckdb

_NOT_ASCII = re.compile(r"[^\x20-\x7e]")
# JSON has no such numbers; in lists and structs they are found behind whole strings only.
_NO_NUMBER = re.compile(r'"(?:[^"\\]|\\.)*"|-?Infinity|NaN')
# Parquet keeps 128-bit integers as doubles, and other readers refuse its intervals: as text they
# stay exact. A list of them, or a struct with one inside, becomes text as a whole.
_NOT_PARQUET = re.compile(r"\b(U?HUGEINT|BIGNUM|INTERVAL|BIT|UNION|VARIANT|TIME WITH TIME ZONE)\b")


@dataclass(frozen=True)
class Exported:
    """What was written: rows, bytes, the digest of the file, and whether the limit cut it."""

    rows: int
    bytes: int
    sha256: str
    more: bool


def _escape(match: re.Match[str]) -> str:
    code = ord(match.group())
    if code < 0x10000:
        return f"\\u{code:04x}"
    code -= 0x10000
    return f"\\u{0xD800 + (code >> 10):04x}\\u{0xDC00 + (code & 0x3FF):04x}"


def json_lines(relation: duckdb.DuckDBPyRelation) -> Iterator[str]:
    """Each row as one line of ASCII JSON; a lossless form, and the canonical one for digests."""
    from workbench.engine.arrow import stream_batches

    names = unique_names(relation.columns)
    fields = ", ".join(f"{identifier(name)} := #{at}" for at, name in enumerate(names, 1))
    objects = relation.project(f"CAST(to_json(struct_pack({fields})) AS VARCHAR) AS line")
    for frame in stream_batches(objects):
        for line in frame.to_series(0).to_list():
            if "NaN" in line or "Infinity" in line:
                line = _NO_NUMBER.sub(_quoted, line)
            yield line if line.isascii() and line.isprintable() else _NOT_ASCII.sub(_escape, line)


def _quoted(match: re.Match[str]) -> str:
    token = match.group()
    return token if token.startswith('"') else f'"{token}"'


def result_digest(relation: duckdb.DuckDBPyRelation) -> tuple[int, str]:
    """Row count and SHA-256 of the JSONL form of a result."""
    digest, rows = hashlib.sha256(), 0
    with engine_errors():
        for line in json_lines(relation):
            digest.update(line.encode("ascii") + b"\n")
            rows += 1
    return rows, digest.hexdigest()


def export_relation(
    relation: duckdb.DuckDBPyRelation, form: str, target: Path, limit: int | None
) -> Exported:
    """Write a result to `target` as parquet, jsonl or csv; with `limit`, at most so many rows.

    Raises QueryFailed or Cancelled; a partly written target is the caller's to remove.
    """
    writers = {"parquet": _parquet, "jsonl": _jsonl, "csv": _csv}
    with engine_errors():
        rows, more = writers[form](relation, target, limit)
    digest = hashlib.sha256()
    with target.open("rb") as written:
        while block := written.read(1 << 20):
            digest.update(block)
    return Exported(rows, target.stat().st_size, digest.hexdigest(), more)


def _parquet(
    relation: duckdb.DuckDBPyRelation, target: Path, limit: int | None
) -> tuple[int, bool]:
    from workbench.engine.spool import parquet_rows

    cut = relation if limit is None else relation.limit(limit)
    cut.project(", ".join(_parquet_terms(relation))).write_parquet(str(target), compression="zstd")
    more = limit is not None and bool(relation.limit(1, limit).fetchall())
    return parquet_rows(target), more


def _parquet_terms(relation: duckdb.DuckDBPyRelation) -> Iterator[str]:
    names = unique_names(relation.columns)
    for at, (name, kind) in enumerate(zip(names, relation.types, strict=True), 1):
        exact = f"CAST(#{at} AS VARCHAR)" if _NOT_PARQUET.search(str(kind)) else f"#{at}"
        yield f"{exact} AS {identifier(name)}"


def _jsonl(relation: duckdb.DuckDBPyRelation, target: Path, limit: int | None) -> tuple[int, bool]:
    cut = relation if limit is None else relation.limit(limit + 1)
    rows = 0
    with target.open("w", encoding="ascii", newline="\n") as out:
        for line in json_lines(cut):
            if rows == limit:
                return rows, True
            out.write(line + "\n")
            rows += 1
    return rows, False


def _csv(relation: duckdb.DuckDBPyRelation, target: Path, limit: int | None) -> tuple[int, bool]:
    from workbench.engine.arrow import stream_batches

    cut = relation if limit is None else relation.limit(limit + 1)
    guarded = [column.holds_text for column in result_columns(relation)]
    rows = 0
    with target.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")  # as DuckDB and every terminal tool
        writer.writerow(guard_formula(safe_text(name)) for name in unique_names(relation.columns))
        for frame in stream_batches(as_cells(cut)):
            for row in frame.iter_rows():
                if rows == limit:
                    return rows, True
                writer.writerow(map(_csv_cell, row, guarded))
                rows += 1
    return rows, False


def _csv_cell(cell: object, guarded: bool) -> object:
    if not isinstance(cell, str):
        return "" if cell is None else str(cell).lower() if isinstance(cell, bool) else cell
    shown = safe_text(cell, limit=len(cell))
    return guard_formula(shown) if guarded else shown
