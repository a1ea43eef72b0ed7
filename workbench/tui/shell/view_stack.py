"""The stage: the views of the trail, one of them in front; the last dozen stay alive."""

from __future__ import annotations

import asyncio
from typing import Any

from textual.containers import Container

from workbench.tui.pages.open_view import KINDS, open_view
from workbench.tui.pages.view import View
from workbench.tui.shell.routes import Place, Trail

_KEPT = 12
# Seconds for which the place before stays in sight while a new one is filled: drawing it empty
# first would cost a layout, and flicker.
_PATIENCE = 0.08
_REMEMBERED = 40


class Stage(Container):
    """Mounts the view of the place one is at and hides the others."""

    BLANK = True
    DEFAULT_CSS = """
    Stage { height: 1fr; }
    """

    def __init__(self, *, id: str) -> None:  # noqa: A002 - Textual's own name for it
        super().__init__(id=id)
        self.trail = Trail()
        self._views: dict[int, View] = {}

    @property
    def view(self) -> View | None:
        """The view in front."""
        return self._views.get(id(self.trail.here))

    @property
    def views(self) -> list[View]:
        """All views that are alive."""
        return list(self._views.values())

    def recall(self, memory: dict[str, Any]) -> None:
        """Take up the trail where it was left; an empty one begins at the overview.

        Places that this version does not have are left out.
        """
        self.trail = Trail.from_data(memory.get("trail"))
        self.trail.stops = [stop for stop in self.trail.stops if stop.place.kind in KINDS]
        if not self.trail.stops:
            self.trail.go(Place("overview"))

    def remember(self) -> dict[str, Any]:
        """The trail with the state of every view, as JSON."""
        for stop in self.trail.stops:
            view = self._views.get(id(stop))
            if view is not None and view.filled:
                stop.state = view.view_state()
        return {"trail": self.trail.as_data()[-_REMEMBERED:]}

    def go(self, place: Place) -> None:
        """Add a place to the trail."""
        self.remember()
        self.trail.go(place)

    def go_to_main(self, place: Place) -> None:
        """Bring a main view to the front, with its state where it is on the trail already."""
        self.remember()
        for stop in self.trail.stops:
            if stop.place == place:
                self.trail.stops.remove(stop)
                self.trail.stops.append(stop)
                return
        self.trail.go(place)

    def back(self) -> bool:
        """Leave the place in front; False at the start of the trail."""
        self.remember()
        return self.trail.back() is not None

    async def show_here(self) -> View:
        """Show the view of the place one is at, making it if it is not alive."""
        stop = self.trail.here
        assert stop is not None
        before = [view for view in self._views.values() if view.display]
        shown = self._views.get(id(stop))
        if shown is None:
            shown = open_view(stop.place, stop.state)
            self._views[id(stop)] = shown
            shown.display = not before
            shown.read_ahead()
            await asyncio.sleep(0)  # so that it is read while the widgets are made
            await self.mount(shown)
        else:
            shown.freshen()
        if before:
            await shown.first_sight(_PATIENCE)
        for view in before:
            if view is not shown:
                view.display = False
        shown.display = True
        shown.focus_first()
        await self._let_go()
        return shown

    async def _let_go(self) -> None:
        alive = [id(stop) for stop in self.trail.stops if id(stop) in self._views]
        gone = [key for key in self._views if key not in alive]
        for key in (*gone, *alive[:-_KEPT]):
            await self._views.pop(key).remove()
