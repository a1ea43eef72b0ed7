"""Makes the pages' pictures from the real bench: `python -m tests.docs.picture CASE`.

CASE is the sample case (`workbench demo`) with a decision or two in its ledger.
"""

from __future__ import annotations

import asyncio
import re
import sys
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path

from textual.pilot import Pilot

from workbench.case.folder import Case
from workbench.decisions.service import CaseService
from workbench.playbooks.library import library_in_sight
from workbench.settings import AnalystSettings, Settings
from workbench.tui.app import Bench
from workbench.tui.messages import OpenRoute
from workbench.tui.routes import Route
from workbench.tui.services.query_service import QueryService
from workbench.tui.textual_ext.terminal_probe import Terminal

FOLDER = Path(__file__).resolve().parents[2] / ".pictures"
_SIZE = (132, 36)
Steps = Callable[[Bench, Pilot[int]], Awaitable[None]]


async def _overview(bench: Bench, pilot: Pilot[int]) -> None:
    await _settled(bench, pilot)


async def _cluster(bench: Bench, pilot: Pilot[int]) -> None:
    rows = await bench.query_service.rows(bench.library.shipped("clusters-list"))
    bench.post_message(OpenRoute(Route("cluster", (str(rows.first()["cluster_id"]),))))
    await _settled(bench, pilot)


async def _score(bench: Bench, pilot: Pilot[int]) -> None:
    await pilot.press("s")
    await _settled(bench, pilot)


async def _decide(bench: Bench, pilot: Pilot[int]) -> None:
    await pilot.press("x")
    await _settled(bench, pilot)


async def _account(bench: Bench, pilot: Pilot[int]) -> None:
    await pilot.press("escape", "m", "enter")
    await _settled(bench, pilot)


async def _sql(bench: Bench, pilot: Pilot[int]) -> None:
    await pilot.press("4")
    await _settled(bench, pilot)
    await pilot.press("f5")
    await _settled(bench, pilot)


async def _ledger(bench: Bench, pilot: Pilot[int]) -> None:
    await pilot.press("7")
    await _settled(bench, pilot)


# In this order, each from where the one before ended.
PICTURES: dict[str, Steps] = {
    "overview": _overview,
    "cluster": _cluster,
    "score": _score,
    "decide": _decide,
    "account": _account,
    "ledger": _ledger,
    "sql": _sql,
}


async def _settled(bench: Bench, pilot: Pilot[int]) -> None:
    """Wait until the view in front is filled and drawn, what comes behind included."""
    await pilot.pause()
    while bench.view is None or not bench.view.filled:
        await asyncio.sleep(0.05)
    await pilot.pause(1.0)


async def _pictures(path: Path) -> None:
    case, settings = Case.open(path), Settings(analyst=AnalystSettings(name="ana"))
    service = CaseService(case, settings)
    with tempfile.TemporaryDirectory() as state:
        service.state_dir = Path(state)
        query_service = QueryService(case.parts, case.root / "tmp", settings.engine)
        terminal = Terminal(slow=False, mouse=False, mono=False, ascii=False)
        bench = Bench(service, query_service, library_in_sight(case), terminal, "bench-dark")
        try:
            async with bench.run_test(size=_SIZE) as pilot:
                for name, steps in PICTURES.items():
                    await steps(bench, pilot)
                    _write(name, bench.export_screenshot(title="workbench demo"))
        finally:
            query_service.close()
            service.close()


def _write(name: str, svg: str) -> None:
    """Without the fonts it would fetch from elsewhere."""
    svg = re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL)
    text = svg.replace("Fira Code", "monospace")
    (FOLDER / f"{name}.svg").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    asyncio.run(_pictures(Path(sys.argv[1])))
