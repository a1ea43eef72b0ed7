"""The command line's side of checking saved queries."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from workbench.errors import WorkbenchError, from_message
from workbench.resources import queries_dir
from workbench.settings import config_dir
from workbench.workers.launch import WorkerProcess
from workbench.workers.protocol import ChannelClosed


def check_library(files: Sequence[Path] = ()) -> tuple[list[list[str]], bool]:
    """Findings as (query, file, what), for all queries in sight or for the files given.

    The second part tells whether the queries' tests ran: fixtures lie in a checkout only.
    """
    places = [(str(config_dir() / "queries"), "user"), (str(queries_dir().resolve()), "pack")]
    fixtures = queries_dir().resolve().parent / "tests" / "fixtures" / "queries"
    worker = WorkerProcess("check")
    try:
        worker.send(
            {
                "op": "check",
                "parent": os.getpid(),
                "places": places,
                "files": [str(file.resolve()) for file in files],
                "fixtures": str(fixtures),
            }
        )
        answer = worker.reader.read()[0]
    except ChannelClosed:
        raise WorkbenchError("The check worker ended before it was done.") from None
    finally:
        worker.kill()
    if answer["ev"] == "error":
        raise from_message(answer)
    return answer["findings"], bool(answer["tested"])
