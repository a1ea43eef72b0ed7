"""Keys of what is in front, generated from the bindings themselves."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.dom import DOMNode
from textual.screen import ModalScreen
from textual.widgets import Static

if TYPE_CHECKING:
    from workbench.tui.pages.view import View

_SHOWN = {
    "question_mark": "?", "colon": ":", "slash": "/", "exclamation_mark": "!", "minus": "-",
    "underscore": "_", "equals_sign": "=", "left_parenthesis": "(", "right_parenthesis": ")",
    "number_sign": "#", "plus": "+", "less_than_sign": "<",
    "greater_than_sign": ">", "left_square_bracket": "[", "right_square_bracket": "]",
    "backspace": "⌫", "pagedown": "pgdn", "pageup": "pgup", "semicolon": ";", "asterisk": "*",
}  # fmt: skip


def key_words(keys: str) -> str:
    """Keys of a binding as they are printed on a keyboard."""
    return " or ".join(_SHOWN.get(key, key) for key in keys.split(","))


def own_bindings(node: DOMNode | type[DOMNode]) -> Iterator[Binding]:
    """The bindings that our own classes declare, most particular first."""
    kind = node if isinstance(node, type) else type(node)
    seen: set[str] = set()
    for parent in kind.__mro__:
        if not parent.__module__.startswith("workbench."):
            continue
        for item in vars(parent).get("BINDINGS", []):
            binding = item if isinstance(item, Binding) else Binding(*item)
            if binding.action not in seen and binding.description:
                seen.add(binding.action)
                yield binding


class Help(ModalScreen[None]):
    """One section a part: the view, what has the focus, the bench."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,question_mark,f1,backspace", "dismiss(None)", "close", id="help.close"),
    ]

    def __init__(self, view: View | None) -> None:
        super().__init__()
        self._view = view

    def compose(self) -> ComposeResult:
        """Sections of keys."""
        with Vertical(classes="dialog -tall"):
            yield Static(Content("Keys"), classes="title")
            with VerticalScroll(id="help-scroll"):
                yield Static(self._text(), markup=False)
            yield Static(Content("esc closes"), classes="note")

    def on_mount(self) -> None:
        """The text scrolls."""
        self.query_one("#help-scroll").focus()

    def _text(self) -> Content:
        from workbench.tui.grid.grid import Grid
        from workbench.tui.results.pane import ResultPane
        from workbench.tui.results.tabs import ResultTabs
        from workbench.tui.sql.editor import SqlText

        sections: list[tuple[str, DOMNode | type[DOMNode]]] = [("Everywhere", self.app)]
        if self._view is not None:
            sections.insert(0, (self._view.route.word, self._view))
            if self._view.query(ResultPane):
                sections.insert(1, ("Results", ResultPane))
                sections.insert(2, ("Several results", ResultTabs))
            if self._view.query(SqlText):
                sections.insert(1, ("Editor", SqlText))
            if self._view.query(Grid):
                sections.insert(1, ("Rows", Grid))
        parts: list[tuple[str, str]] = []
        for title, node in sections:
            from workbench.text.sanitize import safe_text

            parts.append((f"{safe_text(title, 60)}\n", "bold $accent"))
            for binding in own_bindings(node):
                parts.append((f"  {key_words(binding.key):<22}", "bold"))
                parts.append((f"{binding.description}\n", "$text-muted"))
            parts.append(("\n", ""))
        return Content.assemble(*parts)
