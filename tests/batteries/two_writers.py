"""A bench at work while two analysts write: `python -m tests.batteries.two_writers [SECONDS]`.

Two processes append a record a second each; the bench follows each record and is walked through
its views meanwhile. Any fault of the bench ends the run.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import sys
import tempfile
import time
from pathlib import Path

_KEYS = ("1", "2", "enter", "m", "n", "backspace", "5", "u", "m", "w", "f", "6", "7", "4", "3")


def _write(case: str, name: str, seconds: float) -> None:
    """Append a record a second, of several kinds, as another analyst."""
    from workbench.case.folder import Case
    from workbench.decisions import collaboration, entity_lists
    from workbench.decisions.service import CaseService, Draft
    from workbench.settings import load_settings

    os.environ["XDG_STATE_HOME"] = f"{case}-state-{name}"
    service = CaseService(Case.open(Path(case)), load_settings())
    until, turn = time.monotonic() + seconds, 0
    while time.monotonic() < until:
        turn += 1
        account = f"{name}-{turn % 97}"
        if turn % 3 == 0:
            entity_lists.put(service, "ip", f"10.{turn % 250}.0.1", "hub", "shared exit")
        elif turn % 3 == 1:
            collaboration.comment(service, "account", account, f"remark {turn}")
        else:
            draft = Draft("account", "", (account,), "watch", "R-OTHER", counter="none-found")
            service.record(draft)
        time.sleep(max(0.0, 0.9 - (time.monotonic() % 0.9)))
    service.close()


async def _walk(case: Path, seconds: float) -> tuple[int, int]:
    from workbench.case.folder import Case
    from workbench.decisions.service import CaseService
    from workbench.playbooks.library import library_in_sight
    from workbench.settings import load_settings
    from workbench.tui.app import Bench
    from workbench.tui.messages import LedgerChanged
    from workbench.tui.services.query_service import QueryService
    from workbench.tui.textual_ext.terminal_probe import Terminal

    opened, settings = Case.open(case), load_settings()
    service = CaseService(opened, settings)
    query_service = QueryService(opened.parts, case / "tmp", settings.engine)
    library = library_in_sight(opened)
    terminal = Terminal(slow=True, mouse=False, mono=False, ascii=False)
    bench = Bench(service, query_service, library, terminal, "bench-dark")
    followed, until, at = 0, time.monotonic() + seconds, 0
    async with bench.run_test(size=(120, 36)) as pilot:
        while time.monotonic() < until:
            bench.post_message(LedgerChanged())
            followed += 1
            await pilot.press(_KEYS[at % len(_KEYS)])
            at += 1
            await asyncio.sleep(0.35)
        size = service.position()[1]
        bench.exit(0)
    query_service.close()
    service.close()
    return followed, size


def main() -> None:
    """Run the demo case for so many seconds."""
    from tests.conftest import run_workbench

    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 300.0
    with tempfile.TemporaryDirectory() as folder:
        case = Path(folder) / "case"
        done = run_workbench("demo", "--case", case, XDG_STATE_HOME=f"{folder}/state")
        assert done.returncode == 0, done.stderr
        os.environ["XDG_STATE_HOME"] = f"{folder}/state"
        spawn = multiprocessing.get_context("spawn")
        writers = [
            spawn.Process(target=_write, args=(str(case), name, seconds)) for name in ("bo", "cy")
        ]
        for writer in writers:
            writer.start()
        followed, records = asyncio.run(_walk(case, seconds))
        for writer in writers:
            writer.join()
        assert all(writer.exitcode == 0 for writer in writers), "a writer failed"
        rate = records / seconds
        print(f"{records} records in {seconds:.0f} s ({rate:.1f}/s), followed {followed} times")
        verified = run_workbench("audit", "verify", case)
        assert verified.returncode == 0, verified.stdout + verified.stderr


if __name__ == "__main__":
    main()
