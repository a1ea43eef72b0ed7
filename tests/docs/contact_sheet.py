"""Draws every page at every size in every look: `python -m tests.docs.contact_sheet CASE FOLDER`.

FOLDER/<columns>x<rows>/<look>/<page>.txt and .svg, to be looked at; `[SIZE] [LOOK]` behind FOLDER
draw one of them alone. Looks: dark, light, 16 colours, no colours (NO_COLOR), ASCII.
"""

from __future__ import annotations

import asyncio
import inspect
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from rich.color import ColorSystem
from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.filter import LineFilter
from textual.pilot import Pilot

from workbench.case.folder import Case
from workbench.decisions.service import CaseService
from workbench.playbooks.library import library_in_sight
from workbench.settings import AnalystSettings, Settings
from workbench.tui.app import Bench
from workbench.tui.messages import OpenRoute
from workbench.tui.pages.view import View
from workbench.tui.routes import Route
from workbench.tui.services.query_service import QueryService
from workbench.tui.textual_ext.terminal_probe import Terminal

SIZES = ((80, 24), (120, 36), (160, 45))
LOOKS = ("dark", "light", "16-colours", "no-colour", "ascii")
_MAIN = ("overview", "clusters", "queries", "sql", "decisions", "campaigns", "ledger")
_DIALOGS = (("decide", "x"), ("goto", "slash"), ("help", "question_mark"), ("leave", "q"))


class SixteenColours(LineFilter):
    """What a terminal of sixteen colours makes of a line."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """Each colour as the nearest of the sixteen."""
        del background
        return [Segment(text, _plainer(style), control) for text, style, control in segments]


def _plainer(style: Style | None) -> Style | None:
    if style is None:
        return None
    nearest = [
        one.downgrade(ColorSystem.STANDARD) if one is not None else None
        for one in (style.color, style.bgcolor)
    ]
    return style + Style.from_color(*nearest)


class Drawn(Bench):
    """The bench as a terminal of few colours shows it."""

    CSS_PATH = str(Path(inspect.getfile(Bench)).with_name("app.tcss"))
    sixteen = False

    def get_line_filters(self) -> list[LineFilter]:
        """The bench's own, and then the terminal's."""
        return [*super().get_line_filters(), *([SixteenColours()] if self.sixteen else [])]


class Sheet:
    """One size in one look."""

    def __init__(self, bench: Drawn, pilot: Pilot[int], folder: Path) -> None:
        self._bench = bench
        self._pilot = pilot
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    async def draw(self, name: str) -> None:
        """What is on the screen now."""
        strips = self._bench.screen._compositor.render_strips()
        text = "\n".join(strip.text.rstrip() for strip in strips)
        (self._folder / f"{name}.txt").write_text(text + "\n", encoding="utf-8")
        (self._folder / f"{name}.svg").write_text(self._bench.export_screenshot())

    async def visit(self, route: Route) -> None:
        """A page, and each of its parts."""
        self._bench.post_message(OpenRoute(route))
        await self._settled()
        view = self._bench.view
        assert isinstance(view, View)
        for part in [name for _, name in view.PARTS] or [""]:
            if part:
                await view.action_part(part)
                await self._settled()
            await self.draw(f"{route.kind}-{part}".strip("-"))

    async def _settled(self) -> None:
        await self._pilot.pause()
        await self._bench.workers.wait_for_complete()
        await self._pilot.pause()

    async def all(self) -> None:
        """Every page, then the dialogs over the clusters."""
        while self._bench.view is None or not self._bench.view.filled:
            await self._pilot.pause()
        for kind in _MAIN:
            await self.visit(Route(kind))
        for route in await self._places():
            await self.visit(route)
        await self.visit(Route("clusters"))
        for name, key in _DIALOGS:
            await self._pilot.press(key)
            await self._settled()
            await self.draw(f"dialog-{name}")
            await self._pilot.press("escape")

    async def _places(self) -> list[Route]:
        service, shipped = self._bench.query_service, self._bench.library.shipped
        cluster = str((await service.rows(shipped("clusters-list"))).first()["cluster_id"])
        members = await service.rows(shipped("cluster-members"), {"cluster": cluster})
        account = str(members.first()["account_id"])
        linked = (await service.rows(shipped("account-linked"), {"account": account})).first()
        asked = await service.rows(shipped("account-exchanges"), {"account": account})
        return [
            Route("cluster", (cluster,)), Route("account", (account,)),
            Route("campaign", (cluster,)),
            Route("entity", (str(linked["family"]), str(linked["value"]))),
            Route("exchange", (account, str(asked.first()["exchange_id"]))),
            Route.asked("query", "shared-instruments", {}), Route("playbook", ("first-look",)),
        ]  # fmt: skip


async def sheet(case_path: Path, size: tuple[int, int], look: str, folder: Path) -> None:
    """Draw every page of a case at one size in one look."""
    settings = Settings(analyst=AnalystSettings(name="ana"))
    case = Case.open(case_path)
    service = CaseService(case, settings)
    query_service = QueryService(case.store_path, case.work_dir(), settings.engine)
    terminal = Terminal(slow=False, mouse=False, mono=look == "no-colour", ascii=look == "ascii")
    theme = "mono" if look == "no-colour" else "bench-light" if look == "light" else "bench-dark"
    if look == "no-colour":
        os.environ["NO_COLOR"] = "1"
    try:
        bench = Drawn(service, query_service, library_in_sight(case), terminal, theme)
        bench.sixteen = look == "16-colours"
        async with bench.run_test(size=size) as pilot:
            await Sheet(bench, pilot, folder / f"{size[0]}x{size[1]}" / look).all()
    finally:
        os.environ.pop("NO_COLOR", None)
        query_service.close()
        service.close()


def wanted(words: list[str]) -> Iterator[tuple[tuple[int, int], str]]:
    """The sizes and looks that were asked for; all where none was."""
    for size in SIZES:
        for look in LOOKS:
            if all(word in (f"{size[0]}x{size[1]}", look) for word in words):
                yield size, look


def main() -> None:
    """Entry point."""
    case, folder = Path(sys.argv[1]), Path(sys.argv[2])
    with tempfile.TemporaryDirectory() as state:
        for number, (size, look) in enumerate(wanted(sys.argv[3:])):
            os.environ["XDG_STATE_HOME"] = f"{state}/{number}"
            copy = Path(state) / "case"
            shutil.rmtree(copy, ignore_errors=True)
            shutil.copytree(case, copy)
            asyncio.run(sheet(copy, size, look, folder))
            print(f"{size[0]}x{size[1]} {look}")


if __name__ == "__main__":
    main()
