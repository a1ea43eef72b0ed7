"""The stage: the views of the trail, one of them in front; the last dozen stay alive."""

from __future__ import annotations

import asyncio
from typing import Any

from textual.containers import Container

from workbench.tui.pages.open_view import KINDS, open_view
from workbench.tui.pages.view import View
from workbench.tui.routes import Route, RouteHistory

_KEPT = 12
# Seconds for which the place before stays in sight while a new one is filled: drawing it empty
# first would cost a layout, and flicker.
_PATIENCE = 0.08
_REMEMBERED = 40


class ViewStack(Container):
    """Mounts the view of the place one is at and hides the others."""

    BLANK = True
    DEFAULT_CSS = """
    Stage { height: 1fr; }
    """

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self.routes = RouteHistory()
        self._views: dict[int, View] = {}

    @property
    def view(self) -> View | None:
        """The view in front."""
        return self._views.get(id(self.routes.here))

    @property
    def views(self) -> list[View]:
        """All views that are alive."""
        return list(self._views.values())

    def recall(self, memory: dict[str, Any]) -> None:
        """Take up the trail where it was left; an empty one begins at the overview.

        Places that this version does not have are left out.
        """
        self.routes = RouteHistory.from_data(memory.get("trail"))
        self.routes.entries = [stop for stop in self.routes.entries if stop.route.kind in KINDS]
        if not self.routes.entries:
            self.routes.go(Route("overview"))

    def remember(self) -> dict[str, Any]:
        """The trail with the state of every view, as JSON."""
        for stop in self.routes.entries:
            view = self._views.get(id(stop))
            if view is not None and view.filled:
                stop.state = view.view_state()
        return {"trail": self.routes.as_data()[-_REMEMBERED:]}

    def go(self, route: Route) -> None:
        """Add a place to the trail."""
        self.remember()
        self.routes.go(route)

    def go_to_main(self, route: Route) -> None:
        """Bring a main view to the front, with its state where it is on the trail already."""
        self.remember()
        for stop in self.routes.entries:
            if stop.route == route:
                self.routes.entries.remove(stop)
                self.routes.entries.append(stop)
                return
        self.routes.go(route)

    def back(self) -> bool:
        """Leave the place in front; False at the start of the trail."""
        self.remember()
        return self.routes.back() is not None

    async def show_here(self) -> View:
        """Show the view of the place one is at, making it if it is not alive."""
        stop = self.routes.here
        assert stop is not None
        before = [view for view in self._views.values() if view.display]
        shown = self._views.get(id(stop))
        if shown is None:
            shown = open_view(stop.route, stop.state)
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
        alive = [id(stop) for stop in self.routes.entries if id(stop) in self._views]
        gone = [key for key in self._views if key not in alive]
        for key in (*gone, *alive[:-_KEPT]):
            await self._views.pop(key).remove()
