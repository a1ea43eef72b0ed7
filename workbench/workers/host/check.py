"""The command line's side of checking saved queries."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from workbench.errors import WorkbenchError
from workbench.resources import queries_dir
from workbench.settings import config_dir
from workbench.workers.host.one_shot import ask_once


def check_library(files: Sequence[Path] = ()) -> tuple[list[list[str]], bool]:
    """Findings as (query, file, what), for all queries in sight or for the files given.

    The second part tells whether the queries' tests ran: fixtures lie in a checkout only.
    """
    fixtures = queries_dir().resolve().parent / "tests" / "fixtures" / "queries"
    message = {
        "op": "check",
        "pack": str(queries_dir().resolve()),
        "own": str(config_dir() / "queries"),
        "files": [str(file.resolve()) for file in files],
        "fixtures": str(fixtures),
    }
    ended = WorkbenchError("The check worker ended before it was done.")
    answer = ask_once("check", message, ended)
    return answer["findings"], bool(answer["tested"])
