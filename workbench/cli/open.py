"""`workbench open`: the bench on a case; the only command that imports the screens."""

from __future__ import annotations

import gc
import signal
import sys
from pathlib import Path

import click

from workbench.case.folder import Case
from workbench.settings import Settings, load_settings
from workbench.tui.textual_ext.gc_schedule import collect_seldom
from workbench.tui.textual_ext.terminal_probe import prepare


def open_bench(path: Path, settings: Settings) -> int:
    """Open the bench on a case and return its exit code; the terminal is always restored.

    Raises WorkbenchError where there is no case, or no terminal that can show the bench.
    """
    terminal = prepare(settings.display)
    gc.disable()  # what is imported now stays for good; collecting among it is in vain
    for number in (signal.SIGHUP, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
    case = Case.open(path)
    with case.hold_generation():
        from workbench.tui.services.query_service import QueryService
        from workbench.workers.host.opening import opening_of

        # The worker starts first: it gets ready while the screens are imported.
        query_service = QueryService(case.parts, case.work_dir(), settings.engine, opening_of(case))
        service = None
        try:
            from workbench.decisions.service import CaseService
            from workbench.playbooks.library import library_in_sight
            from workbench.tui.app import Bench

            service = CaseService(case, settings)
            collect_seldom()
            library = library_in_sight(case)
            bench = Bench(service, query_service, library, terminal, settings.display.theme)
            code = bench.run(mouse=terminal.mouse)
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            query_service.close()
            if service is not None:
                service.close()
    if bench.return_code:
        sys.stderr.write("The bench ended early; type `reset` if the terminal looks odd.\n")
    return code or bench.return_code or 0


@click.command("open")
@click.argument("case", type=click.Path(path_type=Path))
def open_command(case: Path) -> int:
    """Open the bench on CASE."""
    return open_bench(case, load_settings())
