"""A view with the SQL editor: what is done with its text beside running it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType

from workbench.text.sanitize import safe_text
from workbench.tui.pages.view import View, command_line
from workbench.tui.sql.editor import SqlEditor

if TYPE_CHECKING:
    from workbench.tui.app import Bench


class EditorView(View):
    """Saves, picks and edits the text of its editor."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+o", "save", "save as query", id="sql.save", priority=True),
        Binding("ctrl+r", "history", "history", id="sql.history", priority=True),
        Binding("f2", "template", "begin from a saved query", id="sql.template"),
        Binding("f3", "external_editor", "$EDITOR", id="sql.editor"),
        Binding("i", "edit", "edit", id="sql.edit"),
    ]

    @property
    def editor(self) -> SqlEditor:
        """The editor."""
        return self.query_one(SqlEditor)

    def put(self, text: str) -> None:
        """Replace the text in the editor."""
        self.editor.area.text = text

    def action_edit(self) -> None:
        """To the editor."""
        self.editor.area.focus()

    async def action_save(self) -> None:
        """Save the statement as a query of this case."""
        from workbench.tui.dialogs.save_query import SaveQuery

        def saved(query_id: str | None) -> None:
            if query_id:
                self.bench.reload_library()
                words = f"Saved as {query_id}; it is in the list of queries."
                self.bench.notify(words, markup=False)

        await self.bench.push_screen(SaveQuery(self.editor.area.text), saved)

    async def _pick(self, title: str, choices: list[tuple[str, str]]) -> None:
        from workbench.tui.dialogs.picker import Picker

        def picked(text: str | None) -> None:
            if text is not None:
                self.put(text)
                self.action_edit()

        await self.bench.push_screen(Picker(title, choices), picked)

    async def action_history(self) -> None:
        """Pick a statement that ran before; typing narrows the list."""
        choices = []
        for one in self.bench.history.ran():
            words = (one.at, one.outcome, one.sha256[:8], " ".join(one.text.split()))
            choices.append((safe_text("  ".join(words), 300), one.text))
        await self._pick("What ran before", choices)

    async def action_template(self) -> None:
        """Begin from the statement of a saved query."""
        queries = self.bench.library.listed()
        choices = [(safe_text(f"{one.pack}  {one.title}", 200), one.sql) for one in queries]
        await self._pick("Begin from a saved query", choices)

    def action_external_editor(self) -> None:
        """Edit the statement in $EDITOR."""
        from workbench.tui.shell.external_editor import edit_outside

        changed = edit_outside(self.bench, self.editor.area.text, ".sql")
        if changed is not None:
            self.put(changed)

    def focus_first(self) -> None:
        """The editor."""
        self.action_edit()

    def command(self) -> str:
        """The headless twin."""
        return command_line("sql", self.bench.case_argument, self.editor.area.text.strip())


async def edit_sql(bench: Bench, sql: str) -> None:
    """Open a statement in the SQL view."""
    from workbench.tui.pages.sql import SqlView

    await bench.action_view("sql")
    view = bench.view
    if isinstance(view, SqlView):
        view.put(sql)
        view.action_edit()
