"""What loaded but looks odd: `load_warnings` and `column_presence`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from workbench.case.manifest import Source
from workbench.catalog.columns import Column, Table
from workbench.catalog.extracts import EXCHANGE_TEXT, EXTRACTS
from workbench.catalog.profiles import COLUMN_PRESENCE, LOAD_WARNINGS, SOURCES
from workbench.intake.cell_functions import MASKED, NotUnderstood
from workbench.intake.load_session import LoadSession
from workbench.intake.plan import Note, PlannedExtract
from workbench.intake.rejects import RejectKind
from workbench.intake.sampled_units import LOOKS
from workbench.resources import statement
from workbench.sql.quoting import identifier
from workbench.text.format import counted
from workbench.text.sanitize import safe_text

# Warnings about files; all others are about rows and are worked out anew by every load.
ABOUT_FILES = (
    "unknown_column", "truncated_file", "epoch_unit_guessed", "not_json", "rejected",
    "unseen_source", "time_format_guessed", "time_format_unclear", "decimal_guessed", "left_out",
    "left_out_file", "lone_surrogate", "body_not_understood", "profile_chosen", "no_header",
    "mapping_proposed",
    "repeated_keys", "masked_address", *LOOKS,
)  # fmt: skip


def _create(session: LoadSession, table: Table) -> None:
    columns = ", ".join(f"{column.name} {column.type}" for column in table.columns)
    session.run(f"CREATE TABLE {table.name} ({columns})")


def note_presence(session: LoadSession, present: dict[str, set[str]]) -> None:
    """Fill `column_presence`: which columns an extract had (or could be computed), how full."""
    _create(session, COLUMN_PRESENCE)
    for table in (*EXTRACTS.values(), EXCHANGE_TEXT):
        counts = ", ".join(f"count({identifier(name)})" for name in table.names)
        row = session.rows(f"SELECT {counts} FROM {table.name}")[0]
        have = present.get(table.name, set())
        session.connection.executemany(
            "INSERT INTO column_presence VALUES (?, ?, ?, ?)",
            [
                (table.name, name, name in have or non_null > 0, non_null)
                for name, non_null in zip(table.names, row, strict=True)
            ],
        )


def note_warnings(session: LoadSession, notes: Iterable[Note], *, ids_supplied: bool) -> int:
    """Fill `load_warnings`; returns the number of warnings.

    `ids_supplied` tells whether any extract gave ids of exchanges, which might repeat.
    """
    _create(session, LOAD_WARNINGS)
    found = [*notes]
    for table in EXTRACTS.values():
        found += _odd_values(session, table)
    given = {
        "warn_accounts": {},
        "warn_duplicates": {"ids_supplied": ids_supplied},
        "warn_days": {},
        "warn_cut": {},
        "warn_sense": {},
    }
    for name, parameters in given.items():
        found += [Note(*row) for row in session.rows(statement("intake", name), parameters)]
    if found:
        session.connection.executemany(
            "INSERT INTO load_warnings VALUES (?, ?, ?, ?, ?, ?)",
            [
                (note.table, note.column, note.code, note.rows, note.example, note.message)
                for note in found
            ],
        )
    return len(found)


def _checks(column: Column) -> list[tuple[str, str, str]]:
    """Condition, code and sentence of what is odd in a column."""
    name = identifier(column.name)
    checks = []
    if column.type == "TIMESTAMP" and column.name != "until":
        checks.append((
            f"{name} < TIMESTAMP '2015-01-01'", "before_2015",
            "Times before 2015: often a unit error (seconds read as milliseconds) or a default.",
        ))  # fmt: skip
        checks.append((
            f"{name} > CAST(now() AS TIMESTAMP)", "in_the_future",
            "Times after the load: often a unit error or a wrong time zone.",
        ))  # fmt: skip
    if column.type in ("BIGINT", "INTEGER") and column.unit in ("tokens", "messages", "tools"):
        checks.append((f"{name} < 0", "negative", "Negative counts."))
    if column.unit == "tokens" and column.type == "BIGINT":
        checks.append((
            f"abs(CAST({name} AS DOUBLE)) > 1e12", "too_large",
            "Counts beyond a million million, as fillers for nothing are; sums leave them out.",
        ))  # fmt: skip
    if column.unit == "ms":
        checks.append((f"{name} < 0", "negative", "Negative durations."))
        checks.append((
            f"{name} > 86400000", "over_a_day",
            "Durations over a day: often microseconds or nanoseconds read as milliseconds.",
        ))  # fmt: skip
    if column.name == "cost_usd":
        checks.append((f"{name} < 0", "negative", "Negative prices."))
    return checks


def _odd_values(session: LoadSession, table: Table) -> list[Note]:
    checks = [(column, *check) for column in table.columns for check in _checks(column)]
    if not checks:
        return []
    counted = ", ".join(
        f"count(*) FILTER (WHERE {condition}), "
        f"CAST(any_value({identifier(column.name)}) FILTER (WHERE {condition}) AS VARCHAR)"
        for column, condition, _, _ in checks
    )
    row = session.rows(f"SELECT {counted} FROM {table.name}")[0]
    return [
        Note(table.name, column.name, code, row[2 * n], row[2 * n + 1], message)
        for n, (column, _, code, message) in enumerate(checks)
        if row[2 * n]
    ]


def note_sources(session: LoadSession, sources: Iterable[Source]) -> None:
    """Fill `sources`, as the manifest has them."""
    _create(session, SOURCES)
    session.connection.executemany(
        "INSERT INTO sources VALUES (?, ?, ?, ?, ?, ?)",
        [
            (
                source.source_id,
                source.path.encode("utf-8", "backslashreplace").decode(),
                source.sha256,
                source.format,
                source.rows,
                source.rejected,
            )
            for source in sources
        ],
    )


def previous_findings(session: LoadSession) -> tuple[dict[str, set[str]], list[Note]]:
    """What the generation before knew of its files: columns they had, notes about them."""
    present: dict[str, set[str]] = {}
    for table, column in session.rows(
        "SELECT table_name, column_name FROM previous.column_presence WHERE present"
    ):
        present.setdefault(table, set()).add(column)
    notes = session.rows(
        "SELECT * FROM previous.load_warnings WHERE code IN (SELECT unnest($codes))",
        {"codes": list(ABOUT_FILES)},
    )
    return present, [Note(*row) for row in notes]


def not_json_notes(table: str, file: str, cells: Mapping[str, int]) -> list[Note]:
    """One warning per source column with cells that a mapping could not look into."""
    return [
        Note(table, column, "not_json", rows, file,
             f"Cells of “{safe_text(column, 60)}” that hold no JSON object; what the mapping takes "
             "from them is empty.")
        for column, rows in cells.items()
        if rows
    ]  # fmt: skip


# Warnings that a load says itself: by these, what was loaded may be another thing than it seems.
_LOUD = (
    "one_account", "only_midnight", "seconds", "rounded_id", "unknown_status", "masked_address",
    "body_not_understood", "time_format_unclear", "time_format_guessed", "decimal_guessed",
    "lone_surrogate", "repeated_keys", "profile_chosen", "mapping_proposed", "no_header",
    "left_out", "truncated_file", "nobody", "body", "empty_column",
)  # fmt: skip


def loud_words(session: LoadSession) -> tuple[str, ...]:
    """The warnings that are said at once, in their order."""
    rows = session.rows(
        "SELECT table_name, column_name, rows, message FROM load_warnings "
        "WHERE code IN (SELECT unnest($codes))",
        {"codes": list(_LOUD)},
    )
    return tuple(
        f"{'.'.join(name for name in (table, column) if name)}{f' ({count:,})' if count else ''}: "
        f"{message}"
        for table, column, count, message in rows
    )


_TAKEN = {"user": ("prompt", "requests"), "answer": ("response", "answers")}


def masked_notes(odd: NotUnderstood) -> list[Note]:
    """One warning for addresses that were masked: they are left out, since strangers share them."""
    if not (count := odd.counts.get(MASKED, 0)):
        return []
    example = odd.examples[MASKED]
    message = (
        f"Addresses whose end is masked, as “{safe_text(example, 40)}”, are left out: all of a "
        "network would count as one. Ask for an export with whole addresses."
    )
    return [Note("", "ip", "masked_address", count, example, message)]


def empty_notes(session: LoadSession, planned: Iterable[PlannedExtract]) -> list[Note]:
    """One warning per table for columns that have a source in the files and no value at all."""
    named: dict[str, set[str]] = {}
    for item in planned:
        named.setdefault(item.table.name, set()).update(item.present)
    notes = []
    for table, columns in named.items():
        empty = [
            str(row[0])
            for row in session.rows(
                "SELECT column_name FROM column_presence WHERE table_name = $table "
                "AND non_null = 0 AND column_name IN (SELECT unnest($columns)) ORDER BY 1",
                {"table": table, "columns": sorted(columns)},
            )
        ]
        rows = int(session.value(f"SELECT count(*) FROM {table}"))
        if empty and rows:
            words = f"mapped, but empty in every record: {', '.join(empty)}."
            notes.append(Note(table, "", "empty_column", 0, empty[0], words))
    return notes


def body_notes(odd: NotUnderstood) -> list[Note]:
    """One warning for the requests and one for the answers of which no text could be taken."""
    notes = []
    for take, count in odd.counts.items():
        if take not in _TAKEN:
            continue
        column, what = _TAKEN[take]
        message = (
            f"Bodies of {what} that were not understood, as “{safe_text(odd.examples[take], 60)}”: "
            f"their {column} is empty. Name the field that holds the text itself."
        )
        notes.append(
            Note("exchanges", column, "body_not_understood", count, odd.examples[take], message)
        )
    return notes


def reject_notes(table: str, file: str, kinds: Iterable[RejectKind]) -> list[Note]:
    """One warning per kind of bad record of a file."""
    return [
        Note(table, kind.column, "rejected", kind.records, kind.cell, kind.words(file))
        for kind in kinds
    ]


def file_notes(planned: Iterable[PlannedExtract]) -> list[Note]:
    """What the looks at the files told; what holds for several parts of one table is told once."""
    found: dict[Note, tuple[Note, list[str]]] = {}
    for item in planned:
        for note in (*item.notes, *_kept_out(item)):
            _, names = found.setdefault(replace(note, example=""), (note, []))
            names.append(item.extract.name)
    return [
        replace(first, message=f"{files_words(names)}: {first.message}")
        for first, names in found.values()
    ]


def _kept_out(item: PlannedExtract) -> list[Note]:
    if not item.unknown:
        return []
    listed = ", ".join(safe_text(name, 60) for name in item.unknown)
    message = f"no column of {item.table.name}, so kept out: {listed}. A mapping can bring one in."
    return [Note(item.table.name, "", "unknown_column", 0, item.unknown[0], message)]


def files_words(names: Sequence[str]) -> str:
    """One file, or the first of several and how many more."""
    more = counted(len(names) - 1, "more file")
    return safe_text(names[0], 200) + (f" and {more}" if len(names) > 1 else "")
