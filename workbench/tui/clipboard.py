"""Copy over SSH: OSC 52 to the terminal, wrapped for tmux, capped; else a file in the case.

No terminal answers OSC 52, so what was sent is reported, not what arrived.
"""

from __future__ import annotations

import base64
import csv
import io
import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from workbench.safe_text import safe_text
from workbench.tui.remember import write_text

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


def as_text(form: str, names: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    """Rows as tsv, csv, markdown, json or sql; cells are safe text."""
    cells = [["" if cell is None else inert(str(cell)).replace("\n", " ") for cell in row]
             for row in rows]  # fmt: skip
    heads = [inert(name) for name in names]
    if form == "json":
        return "\n".join(json.dumps(dict(zip(heads, row, strict=True))) for row in cells)
    if form == "sql":
        values = ", ".join("'" + row[0].replace("'", "''") + "'" for row in cells if row)
        return f"({values})"
    if form == "markdown":
        lines = [" | ".join(heads), " | ".join("---" for _ in heads)]
        lines += [" | ".join(cell.replace("|", "\\|") for cell in row) for row in cells]
        return "\n".join(f"| {line} |" for line in lines)
    out = io.StringIO()
    writer = csv.writer(out, delimiter="\t" if form == "tsv" else ",", lineterminator="\n")
    writer.writerow(heads)
    writer.writerows(cells)
    return out.getvalue().rstrip("\n")


def send(text: str, terminal: Any, exports: Path) -> str:
    """Copy by the first way that works; tells what was done, in a sentence."""
    size = len(text.encode("utf-8", "replace"))
    try:
        sequence = osc52(text, tmux=bool(os.environ.get("TMUX")))
    except ValueError:
        target = exports / f"copy-{os.getpid()}.txt"
        write_text(target, text)
        return f"{size:,} bytes are too many for the terminal; written to {safe_text(target)}"
    terminal.write(sequence)
    terminal.flush()
    way = "through tmux (needs allow-passthrough)" if os.environ.get("TMUX") else "by OSC 52"
    return f"{size:,} bytes sent to the terminal's clipboard {way}"
