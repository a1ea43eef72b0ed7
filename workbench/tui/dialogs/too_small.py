"""Stands in front while the terminal is too small to show what a key would do."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.content import Content
from textual.geometry import Size
from textual.screen import ModalScreen
from textual.widgets import Static

MIN_SIZE = Size(40, 10)


def is_too_small(size: Size) -> bool:
    """Whether a terminal shows too little of a page or a dialog to decide by."""
    return size.width < MIN_SIZE.width or size.height < MIN_SIZE.height


class TooSmall(ModalScreen[None]):
    """Takes every key but the one that leaves; what is behind it stays as it is."""

    def compose(self) -> ComposeResult:
        """What is needed."""
        words = f"Too small: {MIN_SIZE.width}×{MIN_SIZE.height} is needed. ctrl+q quits."
        yield Static(Content(words))
