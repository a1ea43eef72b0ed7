"""A list without rows says what that means, in the place of its rows."""

from __future__ import annotations

from pathlib import Path

from tests.tui.conftest import Opened
from workbench.case.folder import Case
from workbench.playbooks.trust import trust_made
from workbench.tui.messages import OpenRoute
from workbench.tui.pages.query import QueryResult
from workbench.tui.routes import Route

SAID = "No flagged account is still active."
OWN = '/*+++\nid = "old-ones"\ntitle = "Old ones"\nnothing = "None so\\u202e old."\n+++*/\n'


async def test_a_part_of_a_page_says_why_it_is_empty(opened: Opened, case: Path) -> None:
    async with opened(case) as driver:
        driver.bench.post_message(OpenRoute(Route("account", ("a-39",))))
        await driver.sees("[o profile]")
        await driver.press("a")
        await driver.sees("No payment of this account is in the extract.")
        await driver.press("w")
        await driver.sees("It is in no cluster.")
        assert "No payment" not in driver.text()


async def test_an_answer_without_rows_says_what_it_means(opened: Opened, case: Path) -> None:
    (case / "queries" / "old-ones.sql").write_text(OWN + "SELECT account_id FROM accounts\n"
                                                   "WHERE account_id = 'none'")  # fmt: skip
    trust_made(Case.open(case))
    async with opened(case) as driver:
        driver.bench.post_message(OpenRoute(Route("query", ("flagged-but-active",))))
        await driver.until(lambda: driver.bench.screen.query(QueryResult))
        await driver.sees(SAID)
        driver.bench.post_message(OpenRoute(Route("query", ("old-ones",))))
        await driver.sees("Old ones")
        await driver.sees("None so", "old.")
        assert SAID not in driver.text()
        assert "\u202e" not in driver.text()
