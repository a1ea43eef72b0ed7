"""Why a statement has no rows, in the place of its rows: it stays until something else is asked."""

from __future__ import annotations

from textual.content import Content
from textual.widgets import Static

from workbench.errors import WorkbenchError
from workbench.text.format import excerpt_fitted
from workbench.text.sanitize import safe_text

_LEAST = 20


class ErrorPanel(Static):
    """The engine's whole message; nothing while there is none."""

    DEFAULT_CSS = """
    ErrorPanel { height: auto; max-height: 100%; padding: 0 1; display: none; }
    ErrorPanel.-shown { display: block; }
    """

    def show_error(self, error: WorkbenchError) -> None:
        """Show an error with its title and what to do."""
        room = max(_LEAST, self.app.size.width - 3)
        words = excerpt_fitted(safe_text(error.message, 2000, multiline=True), room)
        self.add_class("-shown")
        self.update(
            Content.assemble(
                (f"{safe_text(error.title)}\n", "bold $error"),
                (words, ""),
                (f"\n{safe_text(error.hint, 300)}" if error.hint else "", "$text-muted"),
            )
        )

    def clear_error(self) -> None:
        """Something else was asked."""
        self.remove_class("-shown")
