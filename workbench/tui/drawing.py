"""How the bench draws and reads keys: lines filtered, only changed cells sent, keys in order."""

from __future__ import annotations

from typing import Any

from textual._compositor import ChopsUpdate, LayoutUpdate
from textual.app import App
from textual.filter import LineFilter
from textual.screen import Screen

from workbench.tui.in_order import InOrder
from workbench.tui.painter import Painted, Painter
from workbench.tui.safe_screen import SAFE


class Ground(Screen[None]):
    """Its own lines are blank; they need no styling and no filter."""

    BLANK = True


class Drawing(InOrder, App[int]):
    """An app for slow lines and hostile text."""

    def __init__(self) -> None:
        super().__init__()
        self._painter = Painter()

    def get_line_filters(self) -> list[LineFilter]:
        """Textual's own filters, then ours as the last."""
        return [*super().get_line_filters(), SAFE]

    def get_default_screen(self) -> Screen[Any]:
        """A screen that is nothing but what lies on it."""
        return Ground(id="_default")

    def _display(self, screen: Screen[Any], renderable: Any) -> None:
        if isinstance(renderable, LayoutUpdate | ChopsUpdate):
            renderable = Painted(self._painter, renderable)
        super()._display(screen, renderable)

    def _resume_signal(self) -> None:
        self._painter.forget()
        super()._resume_signal()

    def action_redraw(self) -> None:
        """Send the whole screen again: something else wrote to the terminal."""
        self._painter.forget()
        self.screen.refresh(layout=True)
