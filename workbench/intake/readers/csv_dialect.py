"""How a table of text is written: delimiter, quote, escape, lines before the header, no header."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from workbench.catalog.extracts import EXTRACTS, extract_columns
from workbench.errors import WorkbenchError
from workbench.intake.detect import Extract
from workbench.intake.plan_names import canonical_name
from workbench.intake.probe import Dialect, Probe
from workbench.intake.text_encodings import CR

_SAMPLE_RECORDS = 1000
_DELIMITERS = (",", "\t", ";", "|", "\x01")
_SEP = re.compile(r'"?sep=(.)"?\s*$', re.I)
_MAX_COLUMNS = 5000
_LOOKED_AT = 60
# A cell that is a value and no name of a column.
_VALUE = re.compile(
    r"\s*(?:[-+]?\d[\d.,]*(?:[eE][-+]?\d+)?|\d{4}-\d\d-\d\d.*|\d{1,2}[./]\d{1,2}[./]\d{2,4}.*|"
    r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[^@\s]+@[^@\s]+\.[a-z]{2,}|"
    r"\d{1,3}(?:\.\d{1,3}){3}|true|false|null|\[\{.*|\{.*)\s*",
    re.I | re.S,
)


@dataclass(frozen=True, slots=True)
class _Look:
    """The rows that a dialect gives."""

    dialect: Dialect
    rows: tuple[tuple[str, ...], ...]
    even: float  # share of rows with as many cells as most have


def probe_csv(extract: Extract, text: str) -> Probe:
    """Columns and some records of a table of text.

    Raises WorkbenchError where the header repeats a name or holds none at all.
    """
    look = _best(text)
    if look is None:
        raise WorkbenchError(
            f"{extract.shown} has no header line that can be read.",
            hint="The first line must name the columns.",
        )
    dialect = replace(look.dialect, cr=extract.encoding == CR)
    header = tuple(name.strip() for name in look.rows[0])
    notes: tuple[tuple[str, str], ...] = ()
    if not _is_header(header):
        dialect = replace(dialect, headed=False)
        header = tuple(f"column{n}" for n in range(1, len(header) + 1))
        notes = (("no_header", "the file has no line of names: its columns are column1, column2 …; "
                  "what they are is told by a mapping, or by a part beside it."),)  # fmt: skip
    rows = look.rows[1:] if dialect.headed else look.rows
    _refuse_repeated(extract, header)
    sample: tuple[dict[str, object], ...] = tuple(
        dict(zip(header, row, strict=True)) for row in rows if len(row) == len(header)
    )
    columns = {name: "VARCHAR" for name in header if name}
    return Probe(columns, sample, dialect.delimiter, header, dialect=dialect, notes=notes)


def named(probe: Probe, header: Sequence[str]) -> Probe:
    """A look at a part without a header, with the names of a part that has one."""
    names = dict(zip(probe.header, header, strict=True))
    sample = tuple({names[name]: cell for name, cell in record.items()} for record in probe.sample)
    columns = dict.fromkeys(header, "VARCHAR")
    return Probe(columns, sample, probe.delimiter, tuple(header), dialect=probe.dialect)


def _refuse_repeated(extract: Extract, header: Sequence[str]) -> None:
    if len(header) > _MAX_COLUMNS:
        raise WorkbenchError(
            f"{extract.shown} has {len(header):,} columns, more than the {_MAX_COLUMNS:,} that "
            "are read.",
            hint="Export the columns that matter alone, or check the delimiter.",
        )
    counts = Counter(header)
    twice = sorted(name for name, count in counts.items() if name and count > 1)
    if twice or "\0" in "".join(header):
        raise WorkbenchError(
            f"{extract.shown}: the header names {', '.join(map(repr, twice)) or 'NUL'} "
            f"{'more than once' if twice else 'in a column name'}.",
            hint="Rename the column in the first line.",
        )


def _best(text: str) -> _Look | None:
    lines = text.replace("\r\n", "\n").split("\n")
    skip = 0
    only: tuple[str, ...] = ()
    if found := _SEP.match(lines[0]):
        skip, only = 1, (found[1],)
    known = {column.name for table in EXTRACTS.values() for column in extract_columns(table)}
    best: tuple[tuple[float, ...], _Look] | None = None
    for delimiter in only or _DELIMITERS:
        for look in _looks(lines, Dialect(delimiter, skip=skip)):
            names = {canonical_name(name) for name in look.rows[0]}
            wide = len(look.rows[0]) > 1
            plain = not look.dialect.rewritten and look.dialect.skip == skip
            score = (wide * look.even, len(known & names), plain, len(look.rows[0]))
            if best is None or score > best[0]:
                best = (score, look)
    return best[1] if best is not None else None


def _looks(lines: Sequence[str], dialect: Dialect) -> Iterator[_Look]:
    tried = [dialect]
    if any('\\"' in line for line in lines[:_SAMPLE_RECORDS]):
        tried.append(replace(dialect, escape="\\"))
    if lines[min(dialect.skip, len(lines) - 1)].startswith("'"):
        tried.append(replace(dialect, quote="'"))
    for one in tried:
        rows = list(_rows(lines[one.skip :], one))
        if not rows:
            continue
        usual = Counter(len(row) for _, row in rows[1:] or rows).most_common(1)[0][0]
        at = next((n for n, (_, row) in enumerate(rows) if len(row) == usual and any(row)), 0)
        if usual == 1 or at > 30:
            at = 0
        preamble = rows[at][0]
        cells = [row for _, row in rows[at:]]
        even = sum(len(row) == len(cells[0]) for row in cells) / len(cells)
        trim = _is_spaced(cells)
        if trim:
            one = replace(one, trim=True)
            cells = [[cell.strip() for cell in row] for row in cells]
        yield _Look(
            replace(one, skip=one.skip + preamble), tuple(tuple(row) for row in cells), even
        )


def _is_spaced(rows: Sequence[Sequence[str]]) -> bool:
    """Whether a blank follows each delimiter, in the header as in the records."""
    wide = [row for row in rows[:_LOOKED_AT] if len(row) > 1]
    if len(wide) < 2:
        return False
    header = all(cell.startswith(" ") for cell in wide[0][1:])
    filled = [cell for row in wide[1:] for cell in row[1:] if cell.strip()]
    return header and all(cell.startswith(" ") for cell in filled)


def _rows(lines: Sequence[str], dialect: Dialect) -> Iterator[tuple[int, list[str]]]:
    """Rows with the number of lines before them."""
    spaced = [line + "\n" for line in lines]
    if spaced and spaced[-1] == "\n":
        spaced.pop()
    reader = csv.reader(
        spaced, delimiter=dialect.delimiter, quotechar=dialect.quote,
        escapechar=dialect.escape or None, skipinitialspace=False,
    )  # fmt: skip
    found = before = 0
    try:
        for row in reader:
            if row:
                found += 1
                yield before, row
            before = reader.line_num
            if found > _SAMPLE_RECORDS:
                return
    except csv.Error:
        # A cell over the reader's limit, or NUL: the rows before it are sample enough.
        return


def _is_header(row: Sequence[str]) -> bool:
    """Whether a first row names columns: no cell of it is a value."""
    there = [cell for cell in row if cell.strip()]
    values = sum(bool(_VALUE.fullmatch(cell)) for cell in there)
    return not there or values == 0 or (values * 3 < len(there) and len(there) > 2)
