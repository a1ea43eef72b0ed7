"""The frame around every view: the trail above, status and hints below."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Static

from workbench.text.sanitize import safe_text
from workbench.tui.grid.fitting import shorten
from workbench.tui.routes import HistoryEntry


class RouteBar(Static):
    """The places the analyst came through; the last ones, as many as fit."""

    DEFAULT_CSS = """
    RouteBar { height: 1; background: $panel; padding: 0 1; }
    """

    def show(self, entries: Sequence[HistoryEntry], view_keys: str) -> None:
        """Draw the trail; `view_keys` is what stands at the right."""
        room = max(10, self.size.width - cell_len(view_keys) - 6)
        words = [shorten(safe_text(stop.route.word, 60), 28) for stop in entries]
        shown: list[str] = []
        while words and sum(cell_len(word) + 3 for word in (*shown, words[-1])) <= room:
            shown.insert(0, words.pop())
        parts: list[tuple[str, str]] = [("… › " if words else "", "$text-muted")]
        for at, word in enumerate(shown):
            last = at == len(shown) - 1
            parts.append((word, "bold $foreground" if last else "$text-muted"))
            if not last:
                parts.append((" › ", "$text-muted"))
        taken = sum(cell_len(text) for text, _ in parts)
        gap = max(1, self.size.width - 2 - taken - cell_len(view_keys))
        parts += [(" " * gap, ""), (view_keys, "$text-muted")]
        self.update(Content.assemble(*parts))


class StatusLine(Horizontal):
    """Case, generation, analyst, rows, time, job and audit head; always the same order."""

    BLANK = True
    DEFAULT_CSS = """
    StatusLine { height: 1; background: $surface; padding: 0 1; }
    StatusLine #status-case { width: auto; color: $text-muted; }
    StatusLine #status-words { width: 1fr; content-align: center middle; color: $foreground;
                               padding: 0 1; text-wrap: nowrap; text-overflow: ellipsis; }
    StatusLine #status-audit { width: auto; color: $text-muted; }
    """

    def compose(self) -> ComposeResult:
        """Three parts: where, what, and the ledger."""
        yield Static("", id="status-case")
        yield Static("", id="status-words")
        yield Static("", id="status-audit")

    def case(self, words: str) -> None:
        """Case, generation and analyst."""
        self.query_one("#status-case", Static).update(Content(words))

    def words(self, words: str, style: str = "") -> None:
        """Rows, time, job."""
        # No new layout: this changes with every key.
        self.query_one("#status-words", Static).update(Content.styled(words, style), layout=False)

    def audit(self, words: str) -> None:
        """The ledger's head."""
        self.query_one("#status-audit", Static).update(Content(words))


class HintLine(Static):
    """The keys that matter here."""

    DEFAULT_CSS = """
    HintLine { height: 1; background: $panel; padding: 0 1; color: $text-muted; }
    """

    def show(self, hints: Sequence[tuple[str, str]]) -> None:
        """Draw (key, word) pairs, as many as fit."""
        parts: list[tuple[str, str]] = []
        taken = 0
        for key, word in hints:
            taken += cell_len(key) + cell_len(word) + 3
            if taken > self.size.width - 2:
                break
            parts += [(key, "bold $accent"), (f" {word}  ", "$text-muted")]
        self.update(Content.assemble(*parts))
