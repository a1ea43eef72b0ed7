"""Makes README's picture from the real bench: `python -m tests.docs.picture CASE`."""

from __future__ import annotations

import asyncio
import re
import sys
import tempfile
from pathlib import Path

from workbench.case.folder import Case
from workbench.decisions.service import CaseService
from workbench.playbooks.library import library_in_sight
from workbench.settings import Settings
from workbench.tui.app import Bench
from workbench.tui.messages import OpenRoute
from workbench.tui.pages.view import View
from workbench.tui.routes import Route
from workbench.tui.services.query_service import QueryService
from workbench.tui.textual_ext.terminal_probe import Terminal

TARGET = Path(__file__).resolve().parents[2] / ".pictures" / "cluster.svg"
_SIZE = (132, 36)


async def _picture(path: Path) -> str:
    case, settings = Case.open(path), Settings()
    service = CaseService(case, settings)
    with tempfile.TemporaryDirectory() as state:
        service.state_dir = Path(state)
        query_service = QueryService(case.store_path, case.root / "tmp", settings.engine)
        terminal = Terminal(slow=False, mouse=False, mono=False, ascii=False)
        bench = Bench(
            service, query_service, library_in_sight(case.queries_path), terminal, "bench-dark"
        )
        try:
            async with bench.run_test(size=_SIZE) as pilot:
                await _filled(bench)
                rows = await query_service.rows(bench.library.query("clusters-list"))
                cluster = str(rows.first()["cluster_id"])
                bench.post_message(_open(cluster))
                await pilot.pause()
                await _filled(bench)
                await pilot.pause(0.2)
                return bench.export_screenshot(title="workbench demo")
        finally:
            query_service.close()
            service.close()


def _open(cluster: str) -> OpenRoute:
    return OpenRoute(Route("cluster", (cluster,)))


async def _filled(bench: Bench) -> View:
    while bench.view is None or not bench.view.filled:
        await asyncio.sleep(0.05)
    return bench.view


def main() -> None:
    """Write the picture without the fonts it would fetch from elsewhere."""
    svg = asyncio.run(_picture(Path(sys.argv[1])))
    svg = re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL).replace(
        "Fira Code", "monospace"
    )
    TARGET.parent.mkdir(exist_ok=True)
    TARGET.write_text(svg, encoding="utf-8")


if __name__ == "__main__":
    main()
