"""The SQL editor: colours, completion from the live catalogue, formatting, marked errors."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.style import Style
from textual.actions import SkipAction
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.theme import Theme
from textual.widgets import Static, TextArea
from textual.widgets.text_area import TextAreaTheme

from workbench.errors import UsageError
from workbench.sql.editor_tokens import Position, colours, statement_at
from workbench.text.sanitize import safe_text
from workbench.tui.grid.fitting import shortened
from workbench.tui.sql.completion import CompletionBar, Knowledge, Offer, offer
from workbench.tui.textual_ext.highlighted_text import HighlightedText, Span

# Characters; a longer text is neither coloured nor completed: each key would read all of it.
_MAX_READ = 16_000
MAX_TEXTS = 20  # open beside each other


def formatted(sql: str) -> str:
    """The statements laid out; raises UsageError where they cannot be read."""
    import sqlglot
    from sqlglot.errors import SqlglotError

    try:
        laid_out = sqlglot.transpile(sql, read="duckdb", write="duckdb", pretty=True)
        return ";\n\n".join(map(str, laid_out))
    except (SqlglotError, IndexError, RecursionError) as error:
        first = str(error).splitlines()[0] if str(error) else "unknown form"
        raise UsageError(f"The statement cannot be laid out: {first}") from error


class SqlText(HighlightedText):
    """The text itself; keys that belong to the completion go there while words are on offer."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f5,ctrl+j,ctrl+enter", "submit(False)", "run at the cursor", id="editor.run"),
        Binding("f8", "submit(True)", "run all", id="editor.run_all"),
        Binding("f4", "format", "format", id="editor.format"),
        Binding("f9", "select_all", "select all", id="editor.select_all"),
        Binding("ctrl+b,shift+tab", "catalogue", "tables and columns", id="editor.catalogue"),
    ]

    @dataclass
    class Left(Message):
        """Escape: stop what runs, or go to the rows."""

    @dataclass
    class CatalogueAsked(Message):
        """Show the tables and columns."""

    @dataclass
    class Submitted(Message):
        """Run these statements; `offset` is where the text begins in the editor."""

        text: str
        offset: int

    def __init__(self, text: str) -> None:
        self.wrong: Position | None = None
        super().__init__(
            text, language=None, soft_wrap=True, show_line_numbers=False, tab_behavior="indent",
            placeholder="SELECT …   tab completes · F5 runs · ctrl+b tables · F2 a saved query",
        )  # fmt: skip
        self.cursor_blink = False

    def takes_key(self, key: str) -> bool:
        """Whether the completion has used it."""
        return isinstance(self.parent, SqlEditor) and self.parent.steer(key)

    def spans(self) -> list[Span]:
        """Words, texts and comments by kind, and where the statement is wrong."""
        text = self.text
        found: list[Span] = list(colours(text)) if len(text) <= _MAX_READ else []
        if self.wrong is not None and self.wrong.row < self.document.line_count:
            at = self.offset_of((self.wrong.row, self.wrong.column))
            found.append(("wrong", at, at + 1))
        return found

    def mark(self, place: Position | None) -> None:
        """Show where the statement is wrong, with the cursor there."""
        self.wrong = place
        if place is not None:
            self.move_cursor((place.row, place.column))
        self.highlight()

    def colour(self, theme: Theme) -> None:
        """Follow the bench's theme."""
        look = theme.to_color_system().generate()
        self.register_theme(
            TextAreaTheme(
                name=theme.name,
                base_style=Style(color=look["foreground"], bgcolor=look["background"]),
                cursor_style=Style(color=look["background"], bgcolor=look["accent"]),
                cursor_line_style=Style(),
                bracket_matching_style=Style(bold=True, underline=True),
                selection_style=Style(bgcolor=look["block-cursor-background"]),
                syntax_styles={
                    "comment": Style(color=look["secondary"], italic=True),
                    "string": Style(color=look["success"]),
                    "number": Style(color=look["success"]),
                    "parameter": Style(color=look["warning"], bold=True),
                    "keyword": Style(color=look["primary"], bold=True),
                    "function": Style(color=look["accent"]),
                    "table": Style(color=look["accent"], bold=True),
                    "wrong": Style(color=look["error"], bold=True, reverse=True),
                },
            )
        )
        self.theme = theme.name

    def offset_of(self, place: tuple[int, int]) -> int:
        """The offset in the text of a (row, column)."""
        return sum(len(self.document.get_line(row)) + 1 for row in range(place[0])) + place[1]

    def action_submit(self, everything: bool) -> None:
        """Run the selection; with none, the statement at the cursor, or all."""
        selected = self.selected_text
        if selected.strip():
            start = min(self.selection.start, self.selection.end)
            self.post_message(self.Submitted(selected, self.offset_of(start)))
            return
        begin, end = (
            (0, len(self.text))
            if everything
            else statement_at(self.text, self.offset_of(self.cursor_location))
        )
        self.post_message(self.Submitted(self.text[begin:end], begin))

    def action_catalogue(self) -> None:
        """To the tables and columns."""
        self.post_message(self.CatalogueAsked())

    def action_copy(self) -> None:
        """Copy the selection; without one the key is the bench's, which cancels."""
        if not self.selected_text:
            raise SkipAction
        super().action_copy()

    def action_format(self) -> None:
        """Lay the statement out."""
        try:
            self.text = formatted(self.text)
        except UsageError as error:
            self.app.notify(safe_text(error.message, 300), severity="warning", markup=False)
        else:
            self.app.notify("The statement was laid out anew.", markup=False)


class TextsLine(Static):
    """The open texts by number; there is no line while there is one."""

    DEFAULT_CSS = """
    TextsLine { height: 1; padding: 0 1; background: $panel; display: none;
                text-wrap: nowrap; text-overflow: ellipsis; }
    TextsLine.-several { display: block; }
    """

    def show(self, texts: Sequence[str], front: int) -> None:
        """Draw how each begins; the one in front is bright and in brackets."""
        self.set_class(len(texts) > 1, "-several")
        room = max(4, (self.size.width or 80) // max(1, len(texts)) - 6)
        parts: list[tuple[str, str]] = []
        for at, text in enumerate(texts):
            word = shortened(safe_text(" ".join(text[:200].split()), 100) or "empty", room)
            here = at == front
            parts.append((f"[{at + 1} {word}]" if here else f" {at + 1} {word} ",
                          "bold $accent" if here else "$text-muted"))  # fmt: skip
        self.update(Content.assemble(*parts), layout=False)


class SqlEditor(Vertical):
    """Several texts, of which one is shown, and completion; colours follow the bench's theme."""

    BLANK = True
    DEFAULT_CSS = """
    SqlEditor { height: 5; }
    SqlEditor:focus-within { height: 9; }
    SqlEditor SqlText { height: 1fr; border: none; border-left: thick $primary; padding: 0 0 0 1; }
    SqlEditor SqlText:focus { border: none; border-left: thick $accent; }
    """

    def __init__(
        self, texts: Sequence[str], front: int, want: Callable[[str, str], None], *, id: str
    ) -> None:
        """`want(table, column)` is called for a column whose values would be offered."""
        super().__init__(id=id)
        self._areas = [SqlText(text) for text in texts] or [SqlText("")]
        self._front = self._areas[min(max(0, front), len(self._areas) - 1)]
        self._want = want
        self.known = Knowledge()

    def compose(self) -> ComposeResult:
        """The texts, of which one is shown, and the line under it."""
        yield TextsLine("", markup=False)
        yield from self._areas
        yield CompletionBar()

    def on_mount(self) -> None:
        """Follow the theme."""
        self._colour(self.app.current_theme)
        self.app.theme_changed_signal.subscribe(self, self._colour)
        self._show()

    def _colour(self, theme: Theme) -> None:
        for area in self._areas:
            area.colour(theme)

    @property
    def area(self) -> SqlText:
        """The text that is shown."""
        return self._front

    @property
    def texts(self) -> list[str]:
        """Every text, in order."""
        return [area.text for area in self._areas]

    @property
    def number(self) -> int:
        """Which of the texts is shown, from 0."""
        return self._areas.index(self._front)

    async def step(self, by: int) -> None:
        """Show the next text, or the one before; behind the last begins a new one."""
        at = self.number + by
        if at >= len(self._areas) and self._front.text.strip():
            await self.begin("")
        elif len(self._areas) > 1:
            await self._bring(self._areas[at % len(self._areas)])

    async def begin(self, text: str) -> bool:
        """Put a text beside the others; one that is empty is used. False where there are too
        many."""
        if not self._front.text.strip():
            self._front.text = text
            return True
        if len(self._areas) >= MAX_TEXTS:
            self.app.notify(
                f"{MAX_TEXTS} texts are open. An empty one goes when it is left.",
                severity="warning", markup=False,
            )  # fmt: skip
            return False
        area = SqlText(text)
        self._areas.append(area)
        await self.mount(area, before=self.bar)
        area.colour(self.app.current_theme)
        await self._bring(area)
        return True

    async def _bring(self, area: SqlText) -> None:
        left, focused = self._front, self._front.has_focus
        self._front = area
        if left is not area and not left.text.strip():
            self._areas.remove(left)
            await left.remove()
        self._show()
        if focused:
            area.focus()

    def _show(self) -> None:
        for area in self._areas:
            area.display = area is self._front
        self.query_one(TextsLine).show(self.texts, self.number)
        self.bar.show_offer(Offer())

    @property
    def bar(self) -> CompletionBar:
        """The line under it."""
        return self.query_one(CompletionBar)

    def on_text_area_changed(self, _event: TextArea.Changed) -> None:
        """Offer completions for the word at the cursor."""
        if self.area.wrong is not None:
            self.area.mark(None)
        self.complete()

    def complete(self) -> None:
        """Look at the text before the cursor again."""
        area = self.area
        if not area.has_focus:
            return
        if sum(map(len, area.document.lines)) > _MAX_READ:
            self.bar.show_offer(Offer())
            return
        text, offset = area.text, area.offset_of(area.cursor_location)
        begin, end = statement_at(text, offset)
        offered = offer(
            text[min(begin, offset) : offset], text[offset : max(end, offset)], self.known
        )
        if offered.wants is not None:
            self._want(*offered.wants)
        self.bar.show_offer(offered)

    def wrong(self, words: str, place: Position | None) -> None:
        """Say what is wrong with the statement, and mark where."""
        self.bar.say(words)
        self.area.mark(place)

    def steer(self, key: str) -> bool:
        """Use a key for the words on offer; tells whether it was used."""
        chosen = self.bar.choice
        if key == "escape" and chosen is None:
            self.area.post_message(SqlText.Left())
            return True
        if chosen is None:
            return False
        if key == "tab":
            row, column = self.area.cursor_location
            begin = (row, column - self.bar.offer.replaces)
            self.area.replace(chosen.inserted, begin, (row, column))
        elif key == "escape":
            self.bar.say("")
        elif key in ("down", "up"):
            self.bar.step(1 if key == "down" else -1)
        else:
            return False
        return True
