"""Why a statement has no rows, in the place of its rows: it stays until something else is asked."""

from __future__ import annotations

import re

from textual.content import Content
from textual.widgets import Static

from workbench.errors import WorkbenchError
from workbench.text.sanitize import safe_text

_EXCERPT = re.compile(r"LINE \d+: ")
_LEAST = 20


class ErrorPanel(Static):
    """The engine's whole message; nothing while there is none."""

    DEFAULT_CSS = """
    Trouble { height: auto; max-height: 100%; padding: 0 1; display: none; }
    Trouble.-told { display: block; }
    """

    def tell(self, error: WorkbenchError) -> None:
        """Show an error with its title and what to do."""
        room = max(_LEAST, self.app.size.width - 3)
        words = excerpt_fitted(safe_text(error.message, 2000, multiline=True), room)
        self.add_class("-told")
        self.update(
            Content.assemble(
                (f"{safe_text(error.title)}\n", "bold $error"),
                (words, ""),
                (f"\n{safe_text(error.hint, 300)}" if error.hint else "", "$text-muted"),
            )
        )

    def forget(self) -> None:
        """Something else was asked."""
        self.remove_class("-told")


def excerpt_fitted(message: str, width: int) -> str:
    """The message with its `LINE n:` and the line of the caret cut alike, so that the caret still
    points where it did; a line broken in two would leave it pointing at nothing."""
    lines = message.split("\n")
    for at, line in enumerate(lines[:-1]):
        caret = lines[at + 1].find("^")
        if caret < 0 or not _EXCERPT.match(line) or len(line) <= width:
            continue
        begin = max(0, min(caret - width // 2, len(line) - width))
        shown = line[begin : begin + width]
        shown = f"…{shown[1:]}" if begin else shown
        lines[at] = f"{shown[:-1]}…" if begin + width < len(line) else shown
        lines[at + 1] = lines[at + 1][begin : begin + width]
    return "\n".join(lines)
