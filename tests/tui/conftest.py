"""The bench over the small case, driven without a terminal."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Static

from tests.cli.conftest import Sit, _store, case, sit
from workbench.case.folder import Case
from workbench.decisions.service import CaseService
from workbench.playbooks.library import library_in_sight
from workbench.settings import load_settings
from workbench.tui.app import Bench
from workbench.tui.dialogs.choice import Choice
from workbench.tui.dialogs.confirm import Confirm
from workbench.tui.services.query_service import QueryService
from workbench.tui.textual_ext.terminal_probe import Terminal

__all__ = ["Sit", "_store", "case", "sit"]
_PATIENCE = 20.0


@dataclass
class Driver:
    """A bench that is open, and its pilot."""

    bench: Bench
    pilot: Pilot[int]

    async def press(self, *keys: str) -> None:
        """Press keys, each once the one before is dealt with."""
        await self.pilot.press(*keys)

    async def type(self, text: str) -> None:
        """Type a text."""
        await self.pilot.press(*("space" if one == " " else one for one in text))

    async def speak_against(self, text: str) -> None:
        """In the decision dialog, choose flag and a reason, and say what speaks against it."""
        await self.press("right", "tab")
        if not self.bench.screen.query_one("#reason", Choice).value:
            await self.press("right")
        await self.press("tab", "tab")
        await self.type(text)

    async def record(self) -> None:
        """Record what a dialog holds; a bulk record is asked about once."""
        await self.press("f5")
        if isinstance(self.bench.screen, Confirm):
            await self.press("f5")

    async def until(self, condition: Callable[[], object]) -> None:
        """Wait for the screen to come to what is wanted; fail with what it shows instead."""
        deadline = asyncio.get_running_loop().time() + _PATIENCE
        while not condition():
            if asyncio.get_running_loop().time() > deadline:
                raise AssertionError(f"never came; the screen shows:\n{self.text()}")
            await self.pilot.pause()
            await asyncio.sleep(0.01)

    async def sees(self, *texts: str) -> None:
        """Wait until all texts are on the screen in front."""
        await self.until(lambda: all(text in self.text() for text in texts))

    def text(self) -> str:
        """What the screen in front shows, line by line."""
        screen = self.bench.screen
        width = self.bench.size.width
        strips = screen._compositor.render_strips()
        return "\n".join(strip.text[:width].rstrip() for strip in strips)

    def says(self, selector: str) -> str:
        """The text of one block."""
        return str(self.bench.screen.query_one(selector, Static).content)


Opened = Callable[..., AbstractAsyncContextManager[Driver]]


@pytest.fixture
def opened() -> Opened:
    """Opens the bench on a case: `async with opened(case) as driver`."""

    @asynccontextmanager
    async def bench_on(path: Path, size: tuple[int, int] = (80, 24)) -> AsyncIterator[Driver]:
        opened_case, settings = Case.open(path), load_settings()
        service = CaseService(opened_case, settings)
        query_service = QueryService(opened_case.parts, opened_case.root / "tmp", settings.engine)
        terminal = Terminal(slow=False, mouse=False, mono=False, ascii=False)
        library = library_in_sight(opened_case)
        bench = Bench(service, query_service, library, terminal, "bench-dark")
        try:
            async with bench.run_test(size=size, notifications=True) as pilot:
                driver = Driver(bench, pilot)
                await driver.until(lambda: bench.view is not None and bench.view.filled)
                await driver.until(query_service.overlaid.is_set)
                yield driver
                await bench.workers.wait_for_complete()
        finally:
            # The next bench of the same test may get a pipe of the same number.
            asyncio.get_running_loop().remove_reader(query_service.worker.output)
            query_service.close()
            service.close()

    return bench_on
