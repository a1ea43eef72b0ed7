"""What a bench keeps of what it has shown and told."""

from __future__ import annotations

import gc
import weakref
from pathlib import Path

from tests.tui.conftest import Opened
from workbench.tui.dialogs.decide import DecideDialog
from workbench.tui.messages import OpenRoute
from workbench.tui.routes import Route


async def test_a_dialog_that_was_answered_leaves_nothing(opened: Opened, case: Path) -> None:
    seen: list[weakref.ref[object]] = []
    async with opened(case) as driver:
        await driver.bench.on_open_route(OpenRoute(Route("account", ("a-01",))))
        await driver.sees("a-01  ", "undecided")
        for _ in range(3):
            await driver.press("x")
            await driver.sees("Decide on account a-01")
            dialog = driver.bench.screen
            assert isinstance(dialog, DecideDialog)
            seen += [weakref.ref(widget._styles_cache) for widget in dialog.query("*")]
            del dialog
            await driver.speak_against("none")
            await driver.record()
            await driver.sees("Recorded as")
            await driver.bench.workers.wait_for_complete()
        assert len(driver.bench.screen.query("Toast")) == 1
        assert len(driver.bench.screen.query("ToastHolder")) == 1
        await driver.until(lambda: not _alive(seen[: len(seen) // 2]))


def _alive(seen: list[weakref.ref[object]]) -> int:
    gc.collect()
    return sum(one() is not None for one in seen)
