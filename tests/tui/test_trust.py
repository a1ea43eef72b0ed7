"""A case that brings queries of its own: the bench says so, and runs none before it is trusted."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from tests.cli.conftest import CLUSTER, commit_store
from tests.tui.conftest import Opened
from workbench.case.folder import Case
from workbench.playbooks.case_files import read_case_files
from workbench.playbooks.trust import is_trusted, trust
from workbench.tui.dialogs.save_query import SaveQuery
from workbench.tui.messages import DecideOn, OpenRoute, RunQuery
from workbench.tui.pages.query import QueryResult
from workbench.tui.routes import Route

OWN = '/*+++\nid = "theirs"\ntitle = "Theirs"\n[params.account]\ntype = "account"\n+++*/\n'
SQL = "SELECT 'RAN-' || 'IT' AS what, $account AS account ORDER BY 1\n"
BOOK = 'id = "their-book"\ntitle = "Their book"\n[[step]]\nquery = "clusters-table"\n'
NOT_TRUSTED = "you have not trusted this case"


@pytest.fixture
def theirs(case: Path) -> Path:
    """A case that brings a query and a playbook."""
    (case / "queries" / "theirs.sql").write_text(OWN + SQL)
    (case / "queries" / "playbooks").mkdir()
    (case / "queries" / "playbooks" / "b.toml").write_text(BOOK)
    return case


async def test_nothing_of_a_case_is_offered_before_it_is_trusted(
    theirs: Path, opened: Opened
) -> None:
    async with opened(theirs, (120, 40)) as driver:
        await driver.sees("own queries not trusted")
        await driver.press("3")
        await driver.sees("2 files of the case's own queries, not trusted: workbench trust")
        await driver.press("f", *"theirs")
        await driver.sees("✗ not run  queries  Theirs", "case, not trusted", "it does not run")
        await driver.press("enter")
        offered = [
            command.title for command in driver.bench.get_system_commands(driver.bench.screen)
        ]
        assert "Run: Theirs" not in offered
        assert "theirs" not in [query.id for query, _ in driver.bench.library.pivots("account")]
        for route in (Route("query", ("theirs", "account=a")), Route("playbook", ("their-book",))):
            driver.bench.clear_notifications()
            driver.bench.post_message(OpenRoute(route))
            await driver.until(lambda: NOT_TRUSTED in _told(driver))
        driver.bench.clear_notifications()
        driver.bench.post_message(RunQuery("theirs", {"account": "a"}))
        await driver.until(lambda: NOT_TRUSTED in _told(driver))
        assert "RAN-IT" not in driver.text()
        # All else works.
        driver.bench.post_message(OpenRoute(Route("cluster", (CLUSTER,))))
        await driver.sees(CLUSTER)


def _told(driver: object) -> str:
    bench = driver.bench  # type: ignore[attr-defined]
    return " ".join(" ".join(one.message.split()) for one in bench._notifications)


async def test_what_is_trusted_runs_and_says_whose_it_is(theirs: Path, opened: Opened) -> None:
    trust(read_case_files(Case.open(theirs)))
    async with opened(theirs, (120, 40)) as driver:
        driver.bench.post_message(OpenRoute(Route("query", ("theirs", "account=a-01"))))
        await driver.until(lambda: driver.bench.screen.query(QueryResult))
        await driver.sees("RAN-IT", "theirs rev 1 · case")
        assert "not trusted" not in driver.text()


ODD = "[/x][b]T\x1b]52;c;ZWNobw==\x07\u202e[link=x]\n\x9b2J"


async def test_no_text_of_a_trusted_query_acts(case: Path, opened: Opened) -> None:
    """Everywhere that a title, question, help, value or what a step says is shown."""
    shown = "".join(f"\\U{ord(one):08X}" for one in ODD)
    head = (
        f'id = "theirs"\ntitle = "{shown}"\nquestion = "{shown}"\nhowto = "{shown}"\n'
        f'nothing = "{shown}"\ntags = ["{shown}"]\nfalsepositives = ["{shown}"]\n'
        f'[params.account]\ntype = "account"\ndefault = "{shown}"\nhelp = "{shown}"\n'
    )
    (case / "queries" / "theirs.sql").write_text(f"/*+++\n{head}+++*/\n{SQL}")
    (case / "queries" / "playbooks").mkdir()
    (case / "queries" / "playbooks" / "b.toml").write_text(
        f'id = "their-book"\ntitle = "{shown}"\nquestion = "{shown}"\n[params.account]\n'
        f'type = "account"\nhelp = "{shown}"\n[[step]]\nquery = "theirs"\nsay = "{shown}"\n'
    )
    trust(read_case_files(Case.open(case)))
    async with opened(case, (120, 40)) as driver:

        async def inert(*words: str) -> None:
            await driver.sees(*words)
            text = driver.text()
            assert all(one.isprintable() for one in text if one != "\n")
            assert "\u202e" not in text

        await driver.press("3")
        await driver.sees("Accounts on a clock")
        await driver.press("f", *"theirs", "enter")
        await inert("[/x][b]T")
        await driver.press("e")
        await inert("account")
        await driver.press("escape", "colon", *"t␛]52")
        await inert("Run: ［/x]")
        await driver.press("escape")
        driver.bench.post_message(OpenRoute(Route("query", ("theirs",))))
        await inert("theirs rev 1 · case")
        driver.bench.post_message(OpenRoute(Route("playbook", ("their-book", "account=a"))))
        await inert("done")
        driver.bench.post_message(OpenRoute(Route("clusters")))
        await driver.sees(CLUSTER)
        driver.bench.post_message(OpenRoute(Route("account", ("a-01",))))
        await driver.sees("a-01")
        driver.bench.post_message(OpenRoute(Route("sql")))
        await driver.sees("tab completes")
        await driver.press("f2", *"queries")
        await inert("[/x][b]T")
        await driver.press("escape")


async def test_a_query_that_is_saved_here_runs(case: Path, opened: Opened) -> None:
    async with opened(case, (120, 40)) as driver:
        await driver.bench.push_screen(SaveQuery(driver.bench, "SELECT 7 AS seven"))
        await driver.press(*"Mine", "enter", "f5")
        await driver.until(lambda: (case / "queries" / "mine.sql").exists())
        await driver.until(lambda: is_trusted(read_case_files(Case.open(case))))
        driver.bench.reload_library()
        driver.bench.post_message(OpenRoute(Route("query", ("mine",))))
        await driver.sees("seven", "7")


async def test_the_dialog_records_what_it_showed_or_nothing(case: Path, opened: Opened) -> None:
    other = case.with_name("other.duckdb")
    other.write_bytes(Case.open(case).parts.data[0].read_bytes())
    with duckdb.connect(str(other)) as connection:
        connection.execute("UPDATE clusters SET accounts = 3")
    commit_store(Case.open(case), other)
    async with opened(case, (120, 40)) as driver:
        driver.bench.post_message(
            DecideOn("cluster", (CLUSTER,), "cluster-card", {"cluster": CLUSTER})
        )
        await driver.sees("its page says 3")
        await driver.press("f5")
        await driver.press("f5")
        assert not (case / "audit.jsonl").exists()
        await driver.press("escape")
