"""A zone beside UTC: named above every time, in the bench and at the command line."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

from tests.cli.conftest import Bench, bench
from tests.tui.asking import ask
from tests.tui.conftest import Opened

__all__ = ["bench"]
_TIMES = "SELECT TIMESTAMP '2026-05-01 22:30:00' AS ts, DATE '2026-05-01' AS day, 1 AS n"


async def test_every_time_is_shown_in_both(opened: Opened, case: Path) -> None:
    async with opened(case, (120, 36)) as driver:
        grid = await ask(driver, _TIMES)
        await driver.press("Z")
        await driver.sees("in which zone")
        for _ in "UTC":
            await driver.press("backspace")
        await driver.type("Europe/Berlin")
        await driver.press("enter")
        await driver.sees("ts: UTC | Europe/Berlin", "2026-05-01 22:30:00 | 2026-05-02 00:30:00")
        assert "day: UTC" not in driver.text()
        assert grid.source.row(0) == ["2026-05-01 22:30:00", "2026-05-01", 1]
        await driver.press("Z")
        await driver.sees("in which zone")
        await driver.type("x")
        await driver.press("enter")
        await driver.sees("There is no time zone")
    async with opened(case, (120, 36)) as driver:  # it is kept
        assert driver.bench.zone is not None
        assert driver.bench.zone.name == "Europe/Berlin"


def test_an_export_gets_a_second_column(bench: Bench, case: Path, tmp_path: Path) -> None:
    plain = bench("sql", case, _TIMES, "--format", "csv")
    assert plain.out.splitlines()[0] == "ts,day,n"
    both = bench("sql", case, _TIMES, "--format", "csv", "--zone", "Asia/Tokyo")
    [row] = csv.DictReader(io.StringIO(both.out))
    assert list(row) == ["ts", "ts_local", "day", "n"]
    assert row["ts_local"] == "2026-05-02 07:30:00"
    assert row["ts"] == "2026-05-01 22:30:00"
    lines = bench("sql", case, _TIMES, "--format", "jsonl", "--zone", "Asia/Tokyo").out
    assert json.loads(lines)["ts_local"] == "2026-05-02 07:30:00"
    target = tmp_path / "out.parquet"
    assert bench("sql", case, _TIMES, "--zone", "Asia/Tokyo", "-o", target).code == 0
    shown = bench("sql", case, _TIMES, "--zone", "Asia/Tokyo").out.splitlines()[0]
    assert "ts UTC" in shown
    assert "ts Asia/Tokyo" in shown


def test_lists_of_the_ledger_get_it_too(bench: Bench, case: Path) -> None:
    flag = ("--verdict", "flag", "--reason", "R-MULTI", "--counter", "none-found")
    assert bench("decide", case, *flag, "--account", "a-01").code == 0
    ran = bench("decisions", case, "--format", "jsonl", "--zone", "Asia/Tokyo")
    row = json.loads(ran.out)
    assert row["decided_at_local"] > row["decided_at"]
    assert "expires_at_local" not in row


def test_what_cannot_be_is_said(bench: Bench, case: Path) -> None:
    ran = bench("sql", case, _TIMES, "--zone", "Europe/Berln")
    assert ran.code == 2
    assert "Europe/Berlin" in ran.err
    twice = "SELECT TIMESTAMP '2026-05-01' AS ts, TIMESTAMP '2026-05-02' AS ts"
    ran = bench("sql", case, twice, "--zone", "Asia/Tokyo", "--format", "csv")
    assert ran.code == 0
    assert ran.out.splitlines()[0] == "ts,ts_local,ts_1,ts_1_local"
