"""The bench through a real terminal: start, keys, pages; Harlequin and VisiData beside it."""

from __future__ import annotations

import asyncio
import os
import statistics
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import duckdb
import psutil

from tests.benchmarks.figures import Figure, p95
from tests.terminal.driver import KEYS, Terminal

COLUMNS, ROWS = 160, 45
TYPED = (
    "select account_id, count(*) as n, sum(output_tokens) as tokens from exchanges "
    "where model = 'x' and status = 200 group by account_id having count(*) > 10 "
    "order by tokens desc limit 100 -- 200 keys!"
)


class Timed(Terminal):
    """A terminal that times what a person would see."""

    def paint(self, key: str, still: float = 0.12) -> tuple[float, int]:
        """Milliseconds until the screen changes, and bytes until it is still again."""
        before = self._seen()
        size, began = len(self.received), time.perf_counter()
        os.write(self._fd, KEYS.get(key, key).encode())
        took = 3.0
        while time.perf_counter() - began < took:
            known = len(self.received)
            self.pump(0.05)
            # When it came, not when this driver had read it: reading takes it milliseconds.
            if len(self.received) != known and self._seen() != before:
                took = self.arrived - began
                break
        quiet = time.perf_counter()
        while time.perf_counter() - quiet < still:
            seen = len(self.received)
            self.pump(0.02)
            if len(self.received) != seen:
                quiet = time.perf_counter()
        return took * 1e3, len(self.received) - size

    def _seen(self) -> tuple[str, int, int]:
        return self.text(), self._screen.cursor.x, self._screen.cursor.y

    def cpu(self) -> float:
        """Milliseconds of processor that the program has taken, without its children."""
        times = psutil.Process(self.pid).cpu_times()
        return float(times.user + times.system) * 1e3


def opened(command: Sequence[str]) -> Timed:
    """A program on a terminal of the reference size."""
    environment = {**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor"}
    return Timed(command, COLUMNS, ROWS, environment)


def bench(case: Path) -> Timed:
    """The bench on a case."""
    return opened([sys.executable, "-m", "workbench", os.fspath(case)])


def harlequin(peers: Path, case: Path) -> Timed:
    """Harlequin on the case's store, read-only."""
    store = next(case.glob("store-*.duckdb"))
    return opened([os.fspath(peers / "bin/harlequin"), "-r", os.fspath(store)])


def start(case: Path, peers: Path | None) -> list[Figure]:
    """From the command to the first usable screen, the best and the median of five."""
    times = []
    for _ in range(5):
        began = time.perf_counter()
        with bench(case) as terminal:
            terminal.wait(r"row 1 of")
            times.append(time.perf_counter() - began)
    figures = [
        Figure("start to first usable screen, best of 5", min(times) * 1e3, "ms", 600),
        Figure("start to first usable screen, median", statistics.median(times) * 1e3, "ms"),
    ]
    if peers is not None:
        began = time.perf_counter()
        with harlequin(peers, case) as terminal:
            terminal.wait(r"store-\d+ db", 60)
            figures.append(
                Figure("  Harlequin, same store", (time.perf_counter() - began) * 1e3, "ms")
            )
    return figures


def _keys(terminal: Timed, keys: Sequence[str], what: str, budget: bool = True) -> list[Figure]:
    spent = terminal.cpu()
    painted = [terminal.paint(key) for key in keys]
    spent = (terminal.cpu() - spent) / len(keys)
    times, sizes = [one[0] for one in painted], [float(one[1]) for one in painted]
    return [
        Figure(f"{what}: key to paint p50", statistics.median(times), "ms"),
        Figure(f"{what}: key to paint p95", p95(times), "ms", 20 if budget else None),
        Figure(f"{what}: processor a key", spent, "ms"),
        Figure(f"{what}: bytes a key p50", statistics.median(sizes), "B"),
        Figure(f"{what}: bytes a key p95", p95(sizes), "B", 1500 if budget else None),
    ]


def keys(case: Path, peers: Path | None, folder: Path) -> list[Figure]:
    """Typing 200 characters, then moving 200 rows."""
    with bench(case) as terminal:
        terminal.wait(r"row 1 of")
        terminal.press("4")
        terminal.wait(r"tab completes")
        terminal.press("SELECT * FROM account_profile ORDER BY exchanges DESC, account_id\n", "f5")
        terminal.wait(r"rows .* ms")
        figures = _keys(terminal, list(TYPED[:200]), "typing")
        terminal.press("escape", "escape")
        figures += _keys(terminal, ["down"] * 200, "moving")
        memory = psutil.Process(terminal.pid).memory_info().rss / 1e6
        figures.append(Figure("bench process, resident", memory, "MB", 150))
    if peers is not None:
        with harlequin(peers, case) as terminal:
            terminal.wait(r"store-\d+ db", 60)
            figures += _keys(terminal, list(TYPED[:60]), "  Harlequin, typing", budget=False)
        table = folder / "accounts.csv"
        with duckdb.connect(str(next(case.glob("store-*.duckdb"))), read_only=True) as store:
            store.execute(f"COPY (FROM account_profile LIMIT 100000) TO '{table}'")
        os.environ["HOME"] = os.fspath(folder)  # it keeps files of its own there
        with opened([os.fspath(peers / "bin/vd"), os.fspath(table)]) as terminal:
            terminal.wait(r"acct", 60)
            figures += _keys(terminal, ["down"] * 60, "  VisiData, moving", budget=False)
    return figures


def whole(case: Path) -> list[Figure]:
    """The bench while `SELECT * FROM exchanges` is read to its last row: its memory, any key."""
    with duckdb.connect(str(next(case.glob("store-*.duckdb"))), read_only=True) as store:
        [[rows]] = store.execute("SELECT count(*) FROM exchanges").fetchall()
    with bench(case) as terminal:
        terminal.wait(r"row 1 of")
        terminal.press("4")
        terminal.wait(r"tab completes")
        terminal.press("SELECT * FROM exchanges", "f5")
        terminal.wait(r"row 1 of|≥")
        terminal.press("escape", "escape", "end")
        process = psutil.Process(terminal.pid)
        most = {"bench process": 0, "query worker": 0}
        times: list[float] = []
        until = time.monotonic() + 900
        while f"row {rows:,} of {rows:,}" not in terminal.text() and time.monotonic() < until:
            times.append(terminal.paint("up" if len(times) % 2 else "down", 0.1)[0])
            held = [
                process.memory_info().rss,
                *(one.memory_info().rss for one in process.children()),
            ]
            most["bench process"] = max(most["bench process"], held[0])
            most["query worker"] = max(most["query worker"], *held[1:])
            if len(times) % 20 == 0:
                terminal.press("end")
    return [
        Figure("rows of the result, all read", rows, "rows"),
        Figure("bench process, peak resident", most["bench process"] / 1e6, "MB", 150),
        Figure("query worker, peak resident", most["query worker"] / 1e6, "MB", 1024),
        Figure("a key meanwhile: to paint p95", p95(times), "ms"),
    ]


def pages(case: Path) -> list[Figure]:
    """Accounts, clusters and values until they are drawn, each once the one before is all there."""
    return asyncio.run(_pages(case))


async def _pages(case: Path) -> list[Figure]:
    import workbench.tui.app
    from workbench.case.folder import Case
    from workbench.decisions.service import CaseService
    from workbench.playbooks.library import library_in_sight
    from workbench.settings import Settings
    from workbench.tui.app import Bench
    from workbench.tui.messages import OpenRoute
    from workbench.tui.routes import Route
    from workbench.tui.services.query_service import QueryService
    from workbench.tui.textual_ext.gc_schedule import collect_seldom
    from workbench.tui.textual_ext.terminal_probe import Terminal as Drawing

    class Unwatched(Bench):
        """Without a line that could drop."""

        CSS_PATH = str(Path(workbench.tui.app.__file__).with_name("app.tcss"))

        def watch_the_line(self) -> None:
            """There is none."""

    opened_case, settings = Case.open(case), Settings()
    service = CaseService(opened_case, settings)
    query_service = QueryService(opened_case.parts, opened_case.root / "tmp", settings.engine)
    drawing = Drawing(slow=False, mouse=False, mono=False, ascii=False)
    app = Unwatched(service, query_service, library_in_sight(opened_case), drawing, "")
    figures: list[Figure] = []
    collect_seldom()
    async with app.run_test(size=(COLUMNS, ROWS)):
        await query_service.overlaid.wait()
        places = {
            "account": "SELECT account_id FROM account_profile ORDER BY hash(account_id) LIMIT 60",
            "cluster": "SELECT cluster_id FROM clusters ORDER BY accounts DESC LIMIT 40",
            "entity": "SELECT family, value FROM trait_stats WHERE accounts BETWEEN 2 AND 20000 "
            "ORDER BY hash(value) LIMIT 60",
        }
        for kind, sql in places.items():
            times = []
            for row in await query_service.small_rows(sql, {}):
                began = time.perf_counter()
                await app.on_open_route(OpenRoute(Route(kind, tuple(map(str, row)))))
                view = app.view
                assert view is not None
                while not view.filled:
                    await asyncio.sleep(0.001)
                await view.seen.wait()
                times.append((time.perf_counter() - began) * 1e3)
                # What is a key away is read behind the first sight; a person looks meanwhile.
                await app.workers.wait_for_complete()
            figures.append(Figure(f"{kind} page p50", statistics.median(times), "ms"))
            figures.append(Figure(f"{kind} page p95", p95(times), "ms", 100))
        app.exit(0)
    query_service.close()
    service.close()
    return figures
