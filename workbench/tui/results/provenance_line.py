"""What a result is: how many rows, whether that is all, what it cost and when it was asked."""

from __future__ import annotations

import time

from rich.cells import cell_len
from textual.content import Content
from textual.widgets import Static

from workbench.text.format import counted
from workbench.text.sanitize import safe_text
from workbench.tui.grid.fitting import shorten
from workbench.tui.results.open_result import OpenResult


class ProvenanceLine(Static):
    """One line above a result."""

    DEFAULT_CSS = """
    ProvenanceLine { height: 1; padding: 0 1; color: $text-muted; background: $surface;
                 text-wrap: nowrap; text-overflow: ellipsis; }
    """

    def __init__(self) -> None:
        super().__init__("", markup=False)
        self.said = ""

    def say(self, label: str, words: str) -> None:
        """Name the result and say how it stands; nothing is drawn that is there already."""
        if f"{label} {words}" != self.said:
            self.said = f"{label} {words}"
            short = shorten(safe_text(label, 600), max(16, self.size.width - cell_len(words) - 4))
            self.update(Content.assemble((f"{short}  ", "bold"), (words, "")), layout=False)


def extent_words(
    opened: OpenResult, total: int, exact: bool, reading_for: float | None, at: float
) -> str:
    """The state of an open result; `reading_for` is seconds, None where nothing runs."""
    parts = [
        f"{'' if exact else '≥ '}{counted(total, 'row')}",
        f"{opened.elapsed_ms:,.0f} ms",
    ]
    sorted_page = opened.sorted_page
    if reading_for is not None and sorted_page:
        parts.append(f"sorting all rows {reading_for:.0f} s · esc stops")
    elif reading_for is not None:
        parts.append("reading on")
    elif opened.failed:
        parts.append("ended by an error, G tries again")
    elif opened.full:
        parts.append("the disk budget is used up: close results or raise engine.spill_mib")
    elif not exact:
        parts.append("first page of a sort, G sorts all" if sorted_page else "stopped, G reads on")
    if size := opened.bytes:
        parts.append(
            f"{size / 1e6:,.1f} MB on disk" if size >= 1e5 else f"{size / 1e3:,.1f} kB on disk"
        )
    parts.append(f"{time.strftime('%H:%M:%S', time.gmtime(at))} UTC")
    return " · ".join(parts)
