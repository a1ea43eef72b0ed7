"""Copy over SSH: OSC 52 to the terminal, wrapped for tmux, capped; else a file in the case.

No terminal answers OSC 52, so what was sent is reported, not what arrived.
"""

from __future__ import annotations

import base64
import csv
import io
import json
import math
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from textual.app import App

from workbench.case.atomic import write_private_text
from workbench.engine.contract import ResultColumn, unique_names
from workbench.sql.quoting import literal
from workbench.text.sanitize import guard_formula, safe_text

LARGEST = 74_000


def inert(text: str) -> str:
    """Text that cannot act when it is pasted: controls are shown, no line end at the end."""
    return safe_text(text, len(text), multiline=True).rstrip("\n")


def osc52(text: str, *, tmux: bool) -> str:
    """The escape sequence that asks the terminal to copy; raises ValueError above the cap."""
    data = text.encode("utf-8", "replace")
    if len(data) > LARGEST:
        raise ValueError(f"{len(data):,} bytes are over the {LARGEST:,} that terminals take")
    sequence = f"\x1b]52;c;{base64.b64encode(data).decode('ascii')}\x07"
    if tmux:
        inner = sequence.replace("\x1b", "\x1b\x1b")
        return f"\x1bPtmux;{inner}\x1b\\"
    return sequence


def plain(value: Any) -> str:
    """A cell as text, whole and exact: what is copied, and what is shown of it alone."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return "NULL" if value is None else str(value)


def as_text(form: str, columns: Sequence[ResultColumn], rows: Sequence[Sequence[Any]]) -> str:
    """Rows as tsv, csv, markdown, json or sql (a list of the first column); texts are inert.

    NULL is nothing in a table, `null` in JSON and `NULL` in a list. Where a spreadsheet may be at
    the other end, text that it would run as a formula is guarded.
    """
    if form == "json":
        names = unique_names([inert(column.name) for column in columns])
        return "\n".join(
            json.dumps({name: _json(cell) for name, cell in zip(names, row, strict=True)})
            for row in rows
        )
    if form == "sql":
        return f"({', '.join(_sql(row[0], columns[0]) for row in rows)})"
    one_line = form != "csv"
    heads = [_line(column.name, one_line) for column in columns]
    cells = [["" if cell is None else _line(plain(cell), one_line) for cell in row]
             for row in rows]  # fmt: skip
    if form == "markdown":
        lines = [heads, ["---"] * len(heads), *cells]
        return "\n".join(
            f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |" for line in lines
        )
    guarded = [column.holds_text for column in columns]
    out = io.StringIO()
    writer = csv.writer(out, delimiter="\t" if form == "tsv" else ",", lineterminator="\n")
    writer.writerow(map(guard_formula, heads))
    for row in cells:
        writer.writerow(
            guard_formula(cell) if text else cell for cell, text in zip(row, guarded, strict=True)
        )
    return out.getvalue().rstrip("\n")


def _line(text: str, one_line: bool) -> str:
    shown = inert(text)
    return shown.replace("\n", " ") if one_line else shown


def _json(cell: Any) -> Any:
    if isinstance(cell, float) and not math.isfinite(cell):
        return str(cell)  # JSON has no such numbers
    return inert(cell) if isinstance(cell, str) else cell


def _sql(cell: Any, column: ResultColumn) -> str:
    if cell is None or (column.numeric and str(cell)[-1].isdigit()):
        return plain(cell)
    text = plain(cell)
    if inert(text) == text:
        return literal(text)
    # As escapes, text that would act is inert and still the very value.
    return "e'" + "".join(map(_escaped, text)) + "'"


def _escaped(character: str) -> str:
    if character in "'\\":
        return f"\\{character}"
    if inert(character) == character:
        return character
    return "".join(f"\\x{byte:02x}" for byte in character.encode("utf-8", "replace"))


def send(text: str, app: App[Any], exports: Path) -> str:
    """Copy by the first way that works; tells what was done, in a sentence. Raises OSError."""
    size = len(text.encode("utf-8", "replace"))
    try:
        sequence = osc52(text, tmux=bool(os.environ.get("TMUX")))
    except ValueError:
        target = exports / f"copy-{os.getpid()}.txt"
        write_private_text(target, text)
        return f"{size:,} bytes are too many for the terminal; written to {safe_text(target)}"
    driver = app._driver
    assert driver is not None
    driver.write(sequence)
    driver.flush()
    way = "through tmux (needs allow-passthrough)" if os.environ.get("TMUX") else "by OSC 52"
    return f"{size:,} bytes sent to the terminal's clipboard {way}"
