"""The help names the keys of the page in front and explains the terms that stand on it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from textual.widgets import Static

from tests.tui.conftest import Opened
from workbench.text.glossary import glossary, terms_in


@pytest.mark.parametrize("page", ["1", "2", "4", "5"])
async def test_terms_of_the_page_come_first_and_all_are_there(
    opened: Opened, case: Path, page: str
) -> None:
    async with opened(case) as driver:
        await driver.press(page)
        await driver.until(lambda: driver.bench.view is not None and driver.bench.view.filled)
        expected = terms_in(driver.text())
        await driver.press("f1")  # typed into the editor, a question mark would be a letter
        await driver.sees("Keys and words")
        shown = str(driver.bench.screen.query_one("#help-words", Static).content)
        here, _, others = shown.partition("All other words")
        for term, meaning in glossary().items():
            block = here if term in expected else others
            assert f"  {term}  {meaning}\n" in block, term
        await driver.press("g")
        await driver.sees("All other words" if not expected else "Words on this page")
        await driver.press("escape")
        await driver.until(lambda: len(driver.bench.screen_stack) == 1)


@pytest.mark.parametrize(
    ("text", "found"),
    [("3 ALIBIS", ["alibi"]), ("two campaigns", ["campaign"]), ("families", ["family"]),
     ("campaign_like", ["campaign", "campaign_like"]), ("keyless", []), ("", [])],
)  # fmt: skip
def test_terms_are_found_as_whole_words(
    monkeypatch: pytest.MonkeyPatch, text: str, found: list[str]
) -> None:
    terms = dict.fromkeys(("alibi", "campaign", "campaign_like", "family", "key"), "what it is.")
    monkeypatch.setattr("workbench.text.glossary.glossary", _given(terms))
    assert terms_in(text) == found


def _given(terms: dict[str, str]) -> Callable[[], dict[str, str]]:
    return lambda: terms
