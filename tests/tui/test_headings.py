"""Screens speak to an analyst: terms of the method have headings in plain words."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.tui.conftest import Opened
from workbench.catalog.headings import HEADINGS, heading_of
from workbench.catalog.tables import TABLES
from workbench.tui.grid.grid import Grid, column_like
from workbench.tui.grid.source import GridColumn

# Words that no screen shows: an analyst would have to know the method to read them.
RIDDLES = {"nats", "llr", "surprise", "points"}


def test_every_term_of_the_method_has_a_heading() -> None:
    stored = {column.name for table in TABLES.values() for column in table.columns}
    for name in stored:
        assert not RIDDLES & set(heading_of(name).split("_")), name


def test_a_column_is_found_by_its_heading_and_by_its_stored_name() -> None:
    grid = Grid()
    grid.columns = [GridColumn("account_id"), GridColumn("mean_llr", "DOUBLE")]
    grid.layout_of.order = [0, 1]
    assert column_like("mean_llr", grid) == 1
    assert column_like(HEADINGS["mean_llr"], grid) == 1
    assert column_like("account", grid) == 0


@pytest.mark.parametrize("key", ["e", "b", "s", "a", "m", "n", "w", "t"])
async def test_no_part_of_a_cluster_speaks_in_riddles(case: Path, opened: Opened, key: str) -> None:
    async with opened(case) as driver:
        await driver.press("2", "enter", key)
        await driver.until(lambda: driver.bench.view is not None and driver.bench.view.filled)
        await driver.bench.workers.wait_for_complete()
        words = set(driver.text().replace("_", " ").lower().split())
        assert not RIDDLES & words
