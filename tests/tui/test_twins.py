"""Every list of every page has the rows that the command gives which `c` names there."""

from __future__ import annotations

import csv
import json
import shlex
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Bench, Sit, bench
from tests.tui.conftest import Driver, Opened
from workbench.tui.grid.grid import Grid
from workbench.tui.messages import OpenRoute
from workbench.tui.pages.view import View
from workbench.tui.routes import Route

__all__ = ["bench"]


@pytest.fixture
def decided(built_case: Path, tmp_path: Path, bench: Bench, sit: Sit) -> tuple[Path, list[Route]]:
    """A copy of the demo case in which something was decided, and its places."""
    folder = tmp_path / "case"
    shutil.copytree(built_case, folder)

    def did(*words: object) -> str:
        done = bench(*words)
        assert done.code == 0, done.err
        return done.out.strip()

    def records(*words: object) -> list[dict[str, Any]]:
        return [json.loads(line) for line in did(*words, "--format", "jsonl").splitlines()]

    clusters = [row["cluster_id"] for row in records("clusters", folder)]
    members = [row["account_id"] for row in records("run", folder, "cluster-members",
                                                    "-p", f"cluster={clusters[0]}")]  # fmt: skip
    flag = ("--verdict", "flag", "--reason", "R-MULTI", "--counter", "none-found",
            "--confidence", "high")  # fmt: skip
    did("decide", folder, *flag, "--account", members[0])
    record = did("decide", folder, *flag, "--account", members[1])
    did("reverse", folder, record[:9], "--reason", "R-OTHER")
    did("campaigns", "name", folder, clusters[0], "the first")
    did(
        "campaigns",
        "exclude",
        folder,
        clusters[0],
        "--account",
        members[2],
        "--reason",
        "not theirs",
    )
    sample = records("sample", folder, "--cluster", clusters[0], "-n", "5")[0]["record_id"]
    did("propose", folder, *flag, "--account", members[3], "--account", members[4])
    sit("ben")
    did("propose", folder, *flag, "--account", members[5])
    sit("ana")
    exchange = records("run", folder, "account-exchanges", "-p", f"account={members[0]}")[0]
    linked = records("run", folder, "account-linked", "-p", f"account={members[0]}")
    families = [(row["family"], row["value"]) for row in linked]
    return folder, [
        *(Route(kind) for kind in ("overview", "clusters", "queries", "campaigns", "decisions",
                                   "ledger")),
        Route("cluster", (clusters[0],)), Route("cluster", (clusters[-1],)),
        Route("account", (members[0],)), Route("campaign", (clusters[0],)),
        Route("exchange", (members[0], str(exchange["exchange_id"]))),
        Route("entity", next((one for one in families if one[0] == "device"), families[0])),
        Route("sample", (sample,)),
    ]  # fmt: skip


# A part's name, the rows that it shows, the command that `c` names.
Shown = tuple[str, list[dict[str, Any]], str]
# Pages of text, and a list that the command has the other way round.
_NO_LIST = {"cluster benign", "cluster lanes", "account profile", "exchange"}
_BACKWARDS = {"ledger"}


def plain(cell: Any) -> Any:
    """A cell as both sides write it."""
    if cell == "":  # CSV has no other nothing
        return None
    if isinstance(cell, bool) or cell is None:
        return cell
    if isinstance(cell, int | float):
        return round(float(cell), 6)
    if isinstance(cell, str):
        return cell.replace("T", " ").removesuffix("Z").removesuffix(".000000")
    return json.loads(json.dumps(cell))


def rows_of(grid: Grid) -> list[dict[str, Any]]:
    names = [column.name for column in grid.columns]
    rows = (grid.source.row(at) for at in range(grid.source.total))
    return [dict(zip(names, map(plain, row), strict=True)) for row in rows if row is not None]


async def visit(driver: Driver, route: Route) -> list[Shown]:
    """Every part of a page: its name, the rows shown, the command that `c` names."""
    bench = driver.bench
    bench.post_message(OpenRoute(route))
    await driver.until(lambda: bench.view is not None and bench.view.route == route)
    view = bench.view
    assert isinstance(view, View)
    await driver.until(lambda: view.filled)
    await bench.workers.wait_for_complete()
    found = []
    for part in [name for _, name in view.PARTS] or [""]:
        if part:
            await view.action_part(part)
            await driver.pilot.pause()
            await bench.workers.wait_for_complete()
            await driver.pilot.pause()
        grids = view.shown_grids()
        rows = rows_of(grids[0]) if grids else []
        found.append((f"{route.kind} {part}".strip(), rows, view.command()))
    return found


def compared(name: str, shown: list[dict[str, Any]], told: list[dict[str, Any]]) -> list[str]:
    """What differs, in the columns that both have."""
    if not shown and not told:
        return []
    if len(shown) != len(told):
        return [f"{name}: {len(shown)} rows here, {len(told)} from the command"]
    common = [column for column in shown[0] if column in told[0]]
    if not common:
        return [f"{name}: no column in common: {list(shown[0])} and {list(told[0])}"]
    return [
        f"{name}: row {at}: {one[column]!r} here, {plain(other[column])!r} from the command"
        for at, (one, other) in enumerate(zip(shown, told, strict=True))
        for column in common
        if one[column] != plain(other[column])
    ][:3]


def told(bench: Bench, name: str, command: str) -> list[dict[str, Any]]:
    """The rows that a command gives."""
    program, *words = shlex.split(command)
    assert program == "workbench"
    words = [one for one in words if one not in ("--format", "table")]
    at = words.index("--") if "--" in words else len(words)
    ran = bench(*words[:at], *(("--format", "csv") if name == "ledger" else ("--format", "jsonl")),
                *words[at:])  # fmt: skip
    assert ran.code == 0, f"{command}: {ran.err}"
    if name == "ledger":
        return [{key: int(value) if value.isdigit() else value or None
                 for key, value in row.items()}
                for row in csv.DictReader(ran.out.splitlines())][::-1]  # fmt: skip
    return [json.loads(line) for line in ran.out.splitlines()]


async def test_every_part_of_every_page_names_the_command_that_gives_its_rows(
    decided: tuple[Path, list[Route]], opened: Opened, bench: Bench
) -> None:
    case, routes = decided
    shown: list[Shown] = []
    async with opened(case, (160, 45)) as driver:
        for route in routes:
            shown += await visit(driver, route)
    wrong: list[str] = []
    for name, rows, command in shown:
        found = told(bench, name, command)
        if name in _NO_LIST:
            wrong += [] if found else [f"{name}: the command gives nothing"]
        else:
            wrong += compared(name, rows, found)
    assert wrong == []
    assert len({name for name, rows, _ in shown if rows}) > 20  # parts that have rows at all
