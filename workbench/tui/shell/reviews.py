"""What an analyst said of the accounts of a sample, kept where the drafts are.

The ledger has how many were wrong; which ones is needed when the group is decided on.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path

from workbench.tui.shell.saved_state import read_json, write_json

WRONG = "wrong"
_NAME = "review-{}.json"


def keep_review(folder: Path, sample: str, said: Mapping[str, str]) -> None:
    """Keep what was said of each account; raises OSError."""
    write_json(folder / _NAME.format(sample[:32]), {"said": dict(said)})


def read_review(folder: Path, sample: str) -> dict[str, str]:
    """What was said of each account of a sample."""
    said = read_json(folder / _NAME.format(sample[:32])).get("said")
    return {str(one): str(word) for one, word in said.items()} if isinstance(said, dict) else {}


def reviewed_as_wrong(folder: Path, accounts: Collection[str]) -> list[str]:
    """Which of these accounts a review found to be wrongly where they are."""
    wrong: set[str] = set()
    for path in folder.glob(_NAME.format("*")):
        said = read_json(path).get("said")
        if isinstance(said, dict):
            wrong.update(str(one) for one, word in said.items() if word == WRONG)
    return sorted(wrong.intersection(accounts))
