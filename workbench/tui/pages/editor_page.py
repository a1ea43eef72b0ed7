"""What is done with the text of an editor beside running it: save, pick, edit outside."""

from __future__ import annotations

from collections.abc import Callable

from textual.widget import Widget

from workbench.text.sanitize import safe_text
from workbench.tui.dialogs.picker import Picker
from workbench.tui.dialogs.save_query import SaveQuery
from workbench.tui.shell.context import Context
from workbench.tui.shell.external_editor import edit_outside

_MAX_CHOICE = 300  # characters of a choice in a list


class EditorActions:
    """Saves, picks and edits the text of a page's editor."""

    def __init__(
        self,
        page: Widget,
        context: Context,
        read: Callable[[], str],
        put: Callable[[str], None],
        begin: Callable[[str], None],
    ) -> None:
        """`put` replaces the text, `begin` begins another beside it."""
        self._page = page
        self._context = context
        self._read = read
        self._put = put
        self._begin = begin

    async def save(self) -> None:
        """Save the statement as a query of this case."""

        def saved(query_id: str | None) -> None:
            if query_id:
                self._context.reload_library()
                words = f"Saved as {query_id}; it is in the list of queries."
                self._page.notify(words, markup=False)

        await self._page.app.push_screen(SaveQuery(self._context, self._read()), saved)

    async def pick_past(self) -> None:
        """Pick a statement that ran before; typing narrows the list."""
        choices = []
        for one in self._context.history.ran():
            words = (one.at, one.outcome, one.sha256[:8], " ".join(one.text.split()))
            choices.append((safe_text("  ".join(words), _MAX_CHOICE), one.text))
        await self._pick("What ran before", choices)

    async def pick_saved(self) -> None:
        """Begin from the statement of a saved query."""
        queries = self._context.library.runnable()
        choices = [(safe_text(f"{one.pack}  {one.title}", 200), one.sql) for one in queries]
        await self._pick("Begin from a saved query", choices)

    async def _pick(self, title: str, choices: list[tuple[str, str]]) -> None:
        def picked(text: str | None) -> None:
            if text is not None:
                self._begin(text)

        await self._page.app.push_screen(Picker(title, choices), picked)

    def edit_outside(self) -> None:
        """Edit the statement in $EDITOR."""
        folder = self._context.service.state_dir
        changed = edit_outside(self._page.app, folder, self._read(), ".sql")
        if changed is not None:
            self._put(changed)
