"""A line of input whose cursor stands still: a blinking one sends bytes for ever over a line."""

from __future__ import annotations

from typing import Any

from textual.widgets import Input


class SteadyInput(Input):
    """An input without blinking or highlighting of what is typed."""

    def __init__(self, value: str = "", **options: Any) -> None:
        super().__init__(value, highlighter=None, **options)
        self.cursor_blink = False
