"""A look at what a load would do: table, sources of the columns, first rows, shares of NULL."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from workbench.intake.casts import taken_column
from workbench.intake.load_session import LoadSession
from workbench.intake.plan import PlannedExtract
from workbench.intake.quality import not_json_notes
from workbench.intake.readers import parquet
from workbench.intake.readers.byte_stream import HeadStream
from workbench.intake.readers.text_staging import TextStaging
from workbench.intake.rejects import Reject, RejectTally
from workbench.sql.quoting import identifier

ROWS = 20
_LOOKED_AT = 1000


@dataclass(frozen=True, slots=True)
class Preview:
    """One file as it would load: `columns` are (canonical, source fields, share of NULL)."""

    path: str
    table: str
    format: str
    columns: tuple[tuple[str, str, float], ...]
    rows: tuple[tuple[str | None, ...], ...]
    rejected: tuple[tuple[str, int], ...]
    unknown: tuple[str, ...]
    notes: tuple[str, ...]


class _Tally(RejectTally):
    """Counts; the cut end of the looked-at part is no bad record."""

    def write(self, source_id: int, source: str, reject: Reject) -> None:
        """Count one record."""
        if reject.reason != "truncated":
            super().write(source_id, source, reject)


def preview_extracts(session: LoadSession, planned: Sequence[PlannedExtract]) -> list[Preview]:
    """Look at the beginning of every file."""
    session.run("ATTACH ':memory:' AS staging")
    return [_preview(session, item) for item in planned]


def _preview(session: LoadSession, item: PlannedExtract) -> Preview:
    counted = _Tally()
    if item.extract.form == "parquet":
        relation, odd = _parquet_rows(session, item, counted)
    else:
        staging = TextStaging(session, item, HeadStream(item.extract), telling=True)
        staging.read_into_table(counted)
        relation, odd = staging.relation, staging.not_json()
    session.run(f"CREATE OR REPLACE TEMP TABLE looked_at AS FROM ({relation}) LIMIT {_LOOKED_AT}")
    names = _shown_columns(session, item)
    shares = ", ".join(f"avg(CAST({identifier(name)} IS NULL AS INTEGER))" for name in names)
    listed = ", ".join(f"CAST({identifier(name)} AS VARCHAR)" for name in names)
    shown = session.rows(f"SELECT {listed} FROM looked_at ORDER BY source_row LIMIT {ROWS}")
    row = session.rows(f"SELECT count(*), {shares} FROM looked_at")[0]
    return Preview(
        path=item.extract.label,
        table=item.table.name,
        format=item.extract.format,
        columns=tuple(
            (name, _sources(session, item, name), float(share if row[0] else 1.0))
            for name, share in zip(names, row[1:], strict=True)
        ),
        rows=tuple(shown),
        rejected=tuple(
            (kind.words(item.extract.name), kind.records) for kind in counted.kinds(item.source_id)
        ),
        unknown=item.unknown,
        notes=tuple(
            f"{note.message} ({note.rows:,})" if note.rows else note.message
            for note in (*item.notes, *not_json_notes(item.table.name, item.extract.name, odd))
        ),
    )


def _shown_columns(session: LoadSession, item: PlannedExtract) -> list[str]:
    """The columns that are filled; of JSON lines, any other may still come and is not shown."""
    names = [column.name for column in item.columns if column.name in item.rules]
    counts = ", ".join(f"count({identifier(name)})" for name in names)
    filled = session.rows(f"SELECT {counts} FROM looked_at")[0]
    return [
        name for name, count in zip(names, filled, strict=True) if count or name in item.present
    ]


def _sources(session: LoadSession, item: PlannedExtract, name: str) -> str:
    """The source of a column; of several, each with the share of rows that it was taken for."""
    sources = item.rules[name].sources
    if len(sources) < 2:
        return "".join(sources) or "(constant)"
    taken = identifier(taken_column(name))
    counts = ", ".join(f"count(*) FILTER (WHERE {taken} = {n})" for n in range(1, len(sources) + 1))
    row = session.rows(f"SELECT {counts}, greatest(count(*), 1) FROM looked_at")[0]
    shares = zip(sources, row, strict=False)
    return ", ".join(f"{source} {100 * count / row[-1]:.1f}%" for source, count in shares)


def _parquet_rows(
    session: LoadSession, item: PlannedExtract, counted: RejectTally
) -> tuple[str, dict[str, int]]:
    group = parquet.group_extracts(session, [item], telling=True)[0]
    bad = parquet.find_bad_rows(session, group)
    for first, records in parquet.bad_kinds(session, group):
        counted.add(item.source_id, first, records)
    odd = parquet.not_json(session, group).get(item.source_id, {})
    return parquet.parquet_relation(session, group, filtered=bad > 0), odd
