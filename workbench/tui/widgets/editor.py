"""The SQL editor: highlighting, completion from the live catalogue, formatting, history."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.theme import Theme
from textual.widgets import OptionList, TextArea
from textual.widgets.option_list import Option

from workbench.errors import UsageError
from workbench.safe_text import safe_text

_WORD = re.compile(r"[A-Za-z_][A-Za-z_0-9]*$")
_MOST = 8
KEYWORDS = (
    "SELECT", "FROM", "WHERE", "GROUP BY", "ORDER BY", "HAVING", "LIMIT", "JOIN", "LEFT JOIN",
    "WITH", "UNION ALL", "QUALIFY", "FILTER", "DISTINCT", "BETWEEN", "INTERVAL", "NULLS LAST",
    "count", "sum", "avg", "min", "max", "median", "quantile_cont", "stddev_pop", "string_agg",
    "date_trunc", "coalesce", "row_number", "regexp_matches", "contains", "starts_with", "lower",
)  # fmt: skip


@dataclass(frozen=True)
class Suggestion:
    """One completion: the word, and what it is."""

    word: str
    meaning: str


def suggestions(text: str, known: Sequence[Suggestion]) -> list[Suggestion]:
    """Completions for the word that `text` ends in; prefixes first, then words that hold it."""
    match = _WORD.search(text)
    if match is None or len(match.group()) < 2:
        return []
    part = match.group().lower()
    starts = [one for one in known if one.word.lower().startswith(part)]
    holds = [one for one in known if part in one.word.lower() and one not in starts]
    found = [one for one in (*starts, *holds) if one.word.lower() != part]
    return found[:_MOST]


def formatted(sql: str) -> str:
    """The statement laid out; raises UsageError where it cannot be read."""
    import sqlglot
    from sqlglot.errors import SqlglotError

    try:
        return str(sqlglot.transpile(sql, read="duckdb", write="duckdb", pretty=True)[0])
    except (SqlglotError, IndexError, RecursionError) as error:
        first = str(error).splitlines()[0] if str(error) else "unknown form"
        raise UsageError(f"The statement cannot be laid out: {first}") from error


class SqlText(TextArea):
    """The text itself; keys that belong to the completion list go there while it is open."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f5,ctrl+j,ctrl+enter", "submit", "run", id="editor.run"),
        Binding("f4", "format", "format", id="editor.format"),
    ]

    @dataclass
    class Submitted(Message):
        """Run the text, or the part that is selected."""

        text: str

    async def _on_key(self, event: events.Key) -> None:
        completion = self.parent
        if isinstance(completion, SqlEditor) and completion.steer(event.key):
            event.prevent_default()
            event.stop()
            return
        await super()._on_key(event)

    def action_submit(self) -> None:
        """Run the selection, or all."""
        self.post_message(self.Submitted(self.selected_text or self.text))

    def action_format(self) -> None:
        """Lay the statement out."""
        try:
            self.text = formatted(self.text)
        except UsageError as error:
            self.app.notify(safe_text(error.message, 300), severity="warning", markup=False)
        else:
            self.app.notify("The statement was laid out anew.", markup=False)


class SqlEditor(Vertical):
    """Editor and completion list; its colours follow the bench's theme."""

    BLANK = True
    DEFAULT_CSS = """
    SqlEditor { height: auto; max-height: 50%; }
    SqlEditor SqlText { height: 8; border: none; border-left: thick $primary; padding: 0 0 0 1; }
    SqlEditor SqlText:focus { border: none; border-left: thick $accent; }
    SqlEditor OptionList { height: auto; max-height: 8; display: none; border: none;
                           background: $panel; padding: 0 1; }
    SqlEditor OptionList.-open { display: block; }
    """

    def __init__(self, text: str, *, id: str) -> None:  # noqa: A002 - Textual's own name for it
        super().__init__(id=id)
        self._text = text
        self._known: list[Suggestion] = []
        self._offered: list[Suggestion] = []

    def compose(self) -> ComposeResult:
        """The text and the list under it."""
        yield make_text(self._text)
        choices = OptionList(markup=False)
        choices.can_focus = False
        yield choices

    def on_mount(self) -> None:
        """Follow the theme."""
        self._colour(self.app.current_theme)
        self.app.theme_changed_signal.subscribe(self, self._colour)

    def _colour(self, theme: Theme) -> None:
        self.area.theme = "vscode_dark" if theme.dark else "github_light"

    @property
    def area(self) -> SqlText:
        """The text."""
        return self.query_one(SqlText)

    def know(self, catalogue: dict[str, list[list[str]]], meanings: dict[str, str]) -> None:
        """Complete from these tables and columns."""
        known = [Suggestion(table, "table") for table in sorted(catalogue)]
        seen: set[str] = set()
        for table, columns in sorted(catalogue.items()):
            for name, kind in columns:
                if name not in seen:
                    seen.add(name)
                    meaning = meanings.get(f"{table}.{name}", "")
                    known.append(Suggestion(name, f"{kind} {meaning}".strip()))
        self._known = [*known, *(Suggestion(word, "") for word in KEYWORDS)]

    def on_text_area_changed(self, _event: TextArea.Changed) -> None:
        """Offer completions for the word at the cursor."""
        row, column = self.area.cursor_location
        self._offer(suggestions(self.area.document.get_line(row)[:column], self._known))

    def _offer(self, found: list[Suggestion]) -> None:
        choices = self.query_one(OptionList)
        self._offered = found
        choices.set_class(bool(found), "-open")
        if found:
            choices.clear_options()
            choices.add_options(
                Option(
                    Content.assemble(
                        (f"{safe_text(one.word, 40):<28} ", "bold"),
                        (safe_text(one.meaning, 80), "$text-muted"),
                    )
                )
                for one in found
            )
            choices.highlighted = 0

    def steer(self, key: str) -> bool:
        """Use a key for the open list; tells whether it was used."""
        choices = self.query_one(OptionList)
        if not self._offered:
            return False
        if key == "tab":
            self._take(self._offered[choices.highlighted or 0])
        elif key == "escape":
            self._offer([])
        elif key == "down":
            choices.action_cursor_down()
        elif key == "up":
            choices.action_cursor_up()
        else:
            return False
        return True

    def _take(self, chosen: Suggestion) -> None:
        row, column = self.area.cursor_location
        match = _WORD.search(self.area.document.get_line(row)[:column])
        if match is not None:
            self.area.replace(chosen.word, (row, match.start()), (row, column))
        self._offer([])


def make_text(text: str) -> SqlText:
    """The text area, highlighted where the grammar is installed."""
    area = SqlText(
        text, language=None, soft_wrap=False, show_line_numbers=False, tab_behavior="focus"
    )
    area.cursor_blink = False
    try:
        import tree_sitter_sql
        from tree_sitter import Language
    except ImportError:
        return area
    area.register_language("sql", Language(tree_sitter_sql.language()), _HIGHLIGHTS)
    area.language = "sql"
    return area


_HIGHLIGHTS = """
(comment) @comment
(marginalia) @comment
(literal) @string
[
  (keyword_select) (keyword_from) (keyword_where) (keyword_group) (keyword_by) (keyword_order)
  (keyword_having) (keyword_limit) (keyword_join) (keyword_left) (keyword_on) (keyword_using)
  (keyword_as) (keyword_and) (keyword_or) (keyword_not) (keyword_in) (keyword_is) (keyword_null)
  (keyword_with) (keyword_union) (keyword_all) (keyword_distinct) (keyword_case) (keyword_when)
  (keyword_then) (keyword_else) (keyword_end) (keyword_desc) (keyword_asc) (keyword_over)
  (keyword_partition) (keyword_between) (keyword_interval) (keyword_filter) (keyword_like)
] @keyword
(invocation (object_reference name: (identifier) @function.call))
(relation (object_reference name: (identifier) @type))
"""
