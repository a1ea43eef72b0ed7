"""The stack of views: one for each entry of the route history, one in front, a dozen alive."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection
from typing import Any

from textual.containers import Container

from workbench.tui.routes import Route, RouteHistory
from workbench.tui.shell.context import View

_MAX_ALIVE = 12
# Seconds for which the view before stays in sight while a new one is filled: drawing it empty
# first would cost a layout, and flicker.
_FILL_SECONDS = 0.08
_MAX_REMEMBERED = 40

OpenView = Callable[[Route, dict[str, Any]], View]


class ViewStack(Container):
    """Mounts the view of the route one is at and hides the others."""

    BLANK = True
    DEFAULT_CSS = """
    ViewStack { height: 1fr; }
    """

    def __init__(self, open_view: OpenView, kinds: Collection[str], *, id: str) -> None:
        """`open_view` makes the view of a route as it was left; `kinds` are those it can make."""
        super().__init__(id=id)
        self.routes = RouteHistory()
        self._open_view = open_view
        self._kinds = kinds
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
        """Take up the history where it was left; an empty one begins at the overview.

        Routes that this version does not have are left out.
        """
        self.routes = RouteHistory.from_data(memory.get("trail"))
        entries = [entry for entry in self.routes.entries if entry.route.kind in self._kinds]
        self.routes.entries = entries
        if not self.routes.entries:
            self.routes.go(Route("overview"))

    def remember(self) -> dict[str, Any]:
        """The history with the state of every view, as JSON."""
        for entry in self.routes.entries:
            view = self._views.get(id(entry))
            if view is not None and view.filled:
                entry.state = view.view_state()
        return {"trail": self.routes.as_data()[-_MAX_REMEMBERED:]}

    def go(self, route: Route) -> None:
        """Add a route to the history."""
        self.remember()
        self.routes.go(route)

    def go_to_main(self, route: Route) -> None:
        """Bring a main view to the front, with its state where it is in the history already."""
        self.remember()
        for entry in self.routes.entries:
            if entry.route == route:
                self.routes.entries.remove(entry)
                self.routes.entries.append(entry)
                return
        self.routes.go(route)

    def back(self) -> bool:
        """Leave the view in front; False at the start of the history."""
        self.remember()
        return self.routes.back() is not None

    async def show_here(self) -> View:
        """Show the view of the route one is at, making it if it is not alive."""
        entry = self.routes.here
        assert entry is not None
        before = [view for view in self._views.values() if view.widget.display]
        shown = self._views.get(id(entry))
        if shown is None:
            shown = self._open_view(entry.route, entry.state)
            self._views[id(entry)] = shown
            shown.widget.display = not before
            shown.read_ahead()
            await asyncio.sleep(0)  # so that it is read while the widgets are made
            await self.mount(shown.widget)
        else:
            shown.refresh_if_stale()
        if before:
            await shown.first_sight(_FILL_SECONDS)
        for view in before:
            if view is not shown:
                view.widget.display = False
        shown.widget.display = True
        shown.focus_first()
        await self._remove_oldest()
        return shown

    async def _remove_oldest(self) -> None:
        alive = [id(entry) for entry in self.routes.entries if id(entry) in self._views]
        gone = [key for key in self._views if key not in alive]
        for key in (*gone, *alive[:-_MAX_ALIVE]):
            await self._views.pop(key).widget.remove()
