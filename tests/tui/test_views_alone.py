"""The stack of views by itself: which is in front, which live, what is remembered of each."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from textual.app import App, ComposeResult
from textual.widget import Widget
from textual.widgets import Static

from workbench.tui.messages import DecideOn
from workbench.tui.routes import Route
from workbench.tui.shell.frame import Frame
from workbench.tui.shell.saved_state import StateFile
from workbench.tui.shell.view_stack import ViewStack

KINDS = ("overview", "clusters", "account", "cluster")


class PlainView:
    """A view that notes what is asked of it."""

    def __init__(self, route: Route, state: dict[str, Any]) -> None:
        self.stale = False
        self.filled = True
        self.route = route
        self.state = state
        self.widget: Widget = Static(str(route))
        self.asked: list[str] = []
        self.in_sight: list[tuple[float, bool]] = []
        self.others: list[PlainView] = []

    def read_ahead(self) -> None:
        self.asked.append("read_ahead" if not self.widget.is_attached else "too late")

    async def first_sight(self, seconds: float) -> None:
        # Whether the view before is still to be seen while this one is filled.
        self.in_sight.append((seconds, any(one.widget.display for one in self.others)))
        await asyncio.sleep(0)

    def shown(self) -> None:
        self.asked.append("shown")

    def refresh_if_stale(self) -> None:
        self.asked.append("refresh")

    def refill(self) -> None:
        self.asked.append("refill")

    def focus_first(self) -> None:
        self.asked.append("focus" if self.widget.display else "focus unseen")

    def view_state(self) -> dict[str, Any]:
        return self.state | {"of": self.route.kind}

    def status(self) -> str:
        return ""

    def hints(self) -> tuple[tuple[str, str], ...]:
        return ()

    def command(self) -> str:
        return ""

    def subject(self) -> DecideOn | None:
        return None


class Stacked(App[None]):
    """A stack and the views that it made."""

    def __init__(self) -> None:
        super().__init__()
        self.made: list[PlainView] = []
        self.stack = ViewStack(self._open, KINDS, id="views")

    def compose(self) -> ComposeResult:
        yield self.stack

    def _open(self, route: Route, state: dict[str, Any]) -> PlainView:
        view = PlainView(route, state)
        view.others = list(self.made)
        self.made.append(view)
        return view

    async def visit(self, *routes: Route) -> PlainView:
        """Go to each of them."""
        for route in routes:
            self.stack.go(route)
            await self.stack.show_here()
        return self.front()

    def front(self) -> PlainView:
        """The one view that is in sight."""
        [front] = [view for view in self.made if view.widget.is_attached and view.widget.display]
        assert self.stack.view is front
        return front


def account(number: int) -> Route:
    return Route("account", (f"a-{number:02}",))


@asynccontextmanager
async def stacked() -> AsyncIterator[Stacked]:
    app = Stacked()
    async with app.run_test():
        yield app


async def test_one_view_is_in_front_and_is_made_once() -> None:
    async with stacked() as app:
        assert app.stack.view is None
        first = await app.visit(Route("overview"))
        assert first.asked == ["read_ahead", "focus"]
        assert first.in_sight == []  # nothing stood before it: it is seen at once
        second = await app.visit(account(1))
        assert second.route == account(1)
        assert second.in_sight == [(0.08, True)]
        assert app.stack.views == [first, second]
        assert app.stack.back()
        assert await app.stack.show_here() is first
        assert app.front() is first
        assert first.asked == ["read_ahead", "focus", "refresh", "focus"]
        assert app.stack.views == [first]
        assert not second.widget.is_attached
        assert len(app.made) == 2


async def test_there_is_no_way_back_from_the_first_view() -> None:
    async with stacked() as app:
        await app.visit(Route("overview"))
        assert not app.stack.back()
        assert [entry.route.kind for entry in app.stack.routes.entries] == ["overview"]


async def test_showing_the_view_in_front_again_keeps_it_there() -> None:
    async with stacked() as app:
        first = await app.visit(Route("overview"))
        await app.visit(Route("overview"))
        assert app.front() is first
        assert len(app.made) == 1


async def test_a_dozen_views_live_and_the_oldest_come_back_as_they_were_left() -> None:
    async with stacked() as app:
        await app.visit(*map(account, range(12)))
        assert len(app.stack.views) == 12
        app.made[0].state = {"scroll": 7}
        await app.visit(account(12))
        assert len(app.stack.views) == 12
        assert not app.made[0].widget.is_attached
        assert all(view.widget.is_attached for view in app.made[1:])
        for _ in range(12):
            assert app.stack.back()
        again = await app.stack.show_here()
        assert again is app.made[-1]
        assert app.front().route == account(0)
        assert app.front().state == {"scroll": 7, "of": "account"}


async def test_a_main_view_that_was_visited_comes_to_the_front_with_its_state() -> None:
    async with stacked() as app:
        first = await app.visit(Route("overview"))
        await app.visit(account(1), account(2))
        app.stack.go_to_main(Route("overview"))
        await app.stack.show_here()
        assert app.front() is first
        routes = [entry.route for entry in app.stack.routes.entries]
        assert routes == [account(1), account(2), Route("overview")]
        app.stack.go_to_main(Route("clusters"))
        await app.stack.show_here()
        assert app.front().route == Route("clusters")
        assert len(app.stack.routes.entries) == 4


async def test_what_is_remembered_comes_back_in_a_new_bench() -> None:
    async with stacked() as app:
        await app.visit(Route("overview"), account(1))
        app.made[0].state, app.made[1].state = {"row": 3}, {"tab": "peers"}
        memory = app.stack.remember()
    async with stacked() as app:
        app.stack.recall(memory)
        await app.stack.show_here()
        assert app.front().route == account(1)
        assert app.front().state == {"tab": "peers", "of": "account"}
        assert app.stack.back()
        await app.stack.show_here()
        assert app.front().state == {"row": 3, "of": "overview"}


@pytest.mark.parametrize("leaving", ["go", "go_to_main", "back", "remember"])
async def test_a_view_is_remembered_however_it_is_left(leaving: str) -> None:
    async with stacked() as app:
        await app.visit(account(1), account(2))
        app.made[1].state = {"row": 9}
        left = app.stack.routes.entries[-1]
        move = getattr(app.stack, leaving)
        move(Route("clusters")) if leaving.startswith("go") else move()
        assert left.state == {"row": 9, "of": "account"}


async def test_a_view_that_was_never_filled_does_not_overwrite_what_was_left() -> None:
    async with stacked() as app:
        app.stack.recall({"trail": [{"kind": "account", "key": ["a-1"], "state": {"row": 4}}]})
        await app.stack.show_here()
        app.front().filled = False
        app.front().state = {}
        assert app.stack.remember()["trail"][0]["state"] == {"row": 4}


@pytest.mark.parametrize(
    ("memory", "routes"),
    [
        ({}, [Route("overview")]),
        ({"trail": "odd"}, [Route("overview")]),
        ({"trail": [{"kind": "gone", "key": []}]}, [Route("overview")]),
        ({"trail": [{"kind": "gone", "key": []}, {"kind": "account", "key": ["a-01"]}]},
         [account(1)]),
    ],
)  # fmt: skip
async def test_a_history_of_another_version_is_taken_as_far_as_it_goes(
    memory: dict[str, Any], routes: list[Route]
) -> None:
    async with stacked() as app:
        app.stack.recall(memory)
        assert [entry.route for entry in app.stack.routes.entries] == routes


async def test_the_last_forty_entries_are_remembered() -> None:
    async with stacked() as app:
        for number in range(45):
            app.stack.routes.go(account(number))
        trail = app.stack.remember()["trail"]
        assert [one["key"] for one in trail] == [[f"a-{n:02}"] for n in range(5, 45)]


class Framed(App[None]):
    """A frame around views that note what is asked of them."""

    def __init__(self, memory: StateFile) -> None:
        super().__init__()
        self.made: list[PlainView] = []
        self.frame = Frame(self, memory, self._open, KINDS)

    def compose(self) -> ComposeResult:
        yield from self.frame.compose()

    def _open(self, route: Route, state: dict[str, Any]) -> PlainView:
        self.made.append(PlainView(route, state))
        return self.made[-1]


async def test_every_move_is_kept_and_there_is_no_way_back_from_the_first(tmp_path: Path) -> None:
    memory = StateFile(tmp_path / "view.json")

    def kept() -> list[str]:
        memory.write_now()
        return [entry["kind"] for entry in memory.read()["trail"]]

    app = Framed(memory)
    async with app.run_test() as pilot:
        assert [node.id for node in app.screen.children] == ["routes", "views", "status", "hints"]
        await app.frame.go(Route("overview"))
        assert kept() == ["overview"]
        assert await app.frame.back() is False
        await app.frame.go(account(1))
        await app.frame.go_to_main(Route("clusters"))
        assert kept() == ["overview", "account", "clusters"]
        assert app.frame.view is app.made[-1]
        assert await app.frame.back() is True
        assert kept() == ["overview", "account"]
        assert app.frame.view is app.made[1]
        await pilot.pause()
        assert app.made[1].asked.count("shown") == 2  # once it is on the terminal
