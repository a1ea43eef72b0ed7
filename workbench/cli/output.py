"""The only writer of stdout (data) and of stderr (talk)."""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
import stat
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from workbench.errors import WorkbenchError
from workbench.text.sanitize import guard_formula, safe_lines, safe_text

FORMATS = ("table", "csv", "jsonl", "parquet")
_WIDEST = 60  # cells of a column on a terminal; into a file or pipe cells are whole
_PROGRESS_INTERVAL = 0.25


class Talk:
    """Sentences and progress on stderr; `quiet` keeps the sentences, `no_progress` the line."""

    def __init__(self, *, quiet: bool = False, no_progress: bool = False) -> None:
        self._quiet = quiet
        self._line = not no_progress and not quiet and sys.stderr.isatty()
        self._said = 0.0
        self._open = False

    def say(self, words: str) -> None:
        """One sentence."""
        if not self._quiet:
            self.end_progress()
            sys.stderr.write(safe_text(words, 2000) + "\n")

    def error(self, error: WorkbenchError) -> None:
        """What failed, and what to do; never silenced."""
        self.end_progress()
        text = safe_text(error.message, 4000, multiline=True)
        sys.stderr.write(f"{safe_text(error.title)}: {text}\n")
        if error.hint:
            sys.stderr.write(f"{safe_text(error.hint, 1000)}\n")

    def progress(self, words: str, *, last: bool = False) -> None:
        """One line that is rewritten, four times a second at the most."""
        now = time.monotonic()
        if not self._line or (not last and now - self._said < _PROGRESS_INTERVAL):
            return
        self._said, self._open = now, True
        width = shutil.get_terminal_size().columns - 1
        sys.stderr.write(f"\r{safe_text(words, width):<{width}}")
        sys.stderr.flush()

    def end_progress(self) -> None:
        """Leave the progress line."""
        if self._open:
            width = shutil.get_terminal_size().columns - 1
            sys.stderr.write("\r" + " " * width + "\r")
            self._open = False


def write(text: str) -> None:
    """Data to stdout; a closed pipe ends the program quietly, a full disk with an OSError.

    Whatever a command forgot to make safe is made so here.
    """
    with _stdout_that_may_fail():
        sys.stdout.write(safe_lines(text))
        sys.stdout.flush()


def write_shown(text: str) -> None:
    """A text of somebody else to stdout, every line of it whole, as what only shows."""
    for line in text.split("\n"):
        write(safe_text(line, len(line)) + "\n")


@contextmanager
def _stdout_that_may_fail() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        # The interpreter would try to write the rest once more at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if not isinstance(error, BrokenPipeError):
            error.filename = error.filename or "stdout"
            raise


def write_file(source: Path) -> None:
    """A whole file to stdout, as bytes."""
    with source.open("rb") as data, _stdout_that_may_fail():
        sys.stdout.flush()
        shutil.copyfileobj(data, sys.stdout.buffer, 1 << 20)
        sys.stdout.buffer.flush()


def cell_text(value: Any) -> str:
    """One cell of a table as safe text."""
    if value is None:
        return "·"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.6g}"
    return safe_text(value)


def table_text(
    names: Sequence[str],
    rows: Sequence[Sequence[Any]],
    *,
    expanded: bool | None = None,
    to_person: bool | None = None,
) -> str:
    """Rows as aligned text, or (`expanded`) one column a line; wide characters are measured.

    For a person at a terminal long cells are cut with a mark, and rows that do not fit its width
    are expanded unless `expanded` is False.
    """
    to_person = stdout_is_terminal() if to_person is None else to_person
    table = "" if expanded else _aligned(names, rows, _WIDEST if to_person else None)
    if expanded is None and to_person and rows:
        first = table.split("\n", 2)[1]  # the rule under the heads is as wide as the table
        expanded = len(first) > shutil.get_terminal_size().columns
    return _expanded(names, rows) if expanded else table


def _expanded(names: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    heads = [safe_text(name, 200) for name in names]
    width = max(map(len, heads), default=0)
    lines: list[str] = []
    for number, row in enumerate(rows, 1):
        lines.append(f"─[ {number:,} ]".ljust(width + 20, "─"))
        lines += [
            f"{head:<{width}}  {cell_text(value)}" for head, value in zip(heads, row, strict=True)
        ]
    return "\n".join(lines) + "\n" if lines else "no rows\n"


def _aligned(names: Sequence[str], rows: Sequence[Sequence[Any]], widest: int | None) -> str:
    from rich.cells import cell_len, set_cell_size

    heads = [safe_text(name, widest or len(name)) for name in names]
    cells = [[cell_text(value) for value in row] for row in rows]
    widths = [
        min(widest or sys.maxsize, max([cell_len(head), *(cell_len(row[at]) for row in cells)]))
        for at, head in enumerate(heads)
    ]
    right = [
        bool(rows) and all(isinstance(row[at], int | float | None) for row in rows)
        for at in range(len(heads))
    ]

    def fit(text: str, at: int) -> str:
        if cell_len(text) > widths[at]:
            return set_cell_size(text, widths[at] - 1) + "…"
        space = " " * (widths[at] - cell_len(text))
        return space + text if right[at] else text + space

    lines = ["  ".join(fit(head, at) for at, head in enumerate(heads)).rstrip()]
    lines.append("  ".join("─" * width for width in widths))
    lines += ["  ".join(fit(cell, at) for at, cell in enumerate(row)).rstrip() for row in cells]
    return "\n".join(lines) + "\n"


def records_text(
    form: str,
    names: Sequence[str],
    rows: Iterable[Sequence[Any]],
    *,
    expanded: bool | None = None,
    to_person: bool | None = None,
) -> str:
    """Rows of ours (not of the engine) as table, csv or jsonl."""
    listed = list(rows)
    if form == "table":
        return table_text(names, listed, expanded=expanded, to_person=to_person)
    if form == "jsonl":
        lines = (json.dumps(dict(zip(names, row, strict=True))) for row in listed)
        return "".join(f"{line}\n" for line in lines)
    if form == "csv":
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(names)
        writer.writerows([_csv_cell(value) for value in row] for row in listed)
        return out.getvalue()
    raise WorkbenchError(
        "This command writes no Parquet.", hint="Use --format table, csv or jsonl.", exit_code=2
    )


def _csv_cell(value: Any) -> Any:
    if isinstance(value, str):
        return guard_formula(safe_text(value, len(value)))
    if isinstance(value, bool):
        return str(value).lower()  # as the engine writes it
    return "" if value is None else value


def stdout_is_terminal() -> bool:
    """Whether a person reads stdout."""
    return sys.stdout.isatty()


def stdout_is_file() -> bool:
    """Whether the shell writes stdout to an ordinary file."""
    try:
        return stat.S_ISREG(os.fstat(sys.stdout.fileno()).st_mode)
    except (OSError, ValueError):
        return False
