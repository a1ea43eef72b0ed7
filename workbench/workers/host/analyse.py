"""The command line's side of clustering: one analysis worker on the data of a case."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from workbench.case.folder import Case
from workbench.case.generations import Staging
from workbench.errors import WorkbenchError
from workbench.resources import queries_dir
from workbench.settings import LoadSettings, thread_count
from workbench.workers.host.one_shot import ask_once
from workbench.workers.protocol import Message


def analyse_case(
    case: Case,
    staging: Staging,
    settings: LoadSettings,
    *,
    previous: Path | None,
    overlay: Sequence[dict[str, Any]] = (),
    on_progress: Callable[[Message], None] | None = None,
) -> str:
    """Write traits, clusters and evidence of the case's data into the staged analysis; returns the
    revision.

    `previous` is the part of the analysis before, by which clusters keep their ids; `overlay` holds
    the ledger's entity-list entries. Raises the error that stopped it.
    """
    case.check_store()
    message = {
        "op": "analyse",
        "data": [str(path.resolve()) for path in case.parts.data],
        "previous": str(previous.resolve()) if previous is not None else "",
        "analysis": str(staging.analysis_path.resolve()),
        "spill": str(staging.spill_dir.resolve()),
        "queries": str(queries_dir().resolve()),
        "overlay": list(overlay),
        "memory_mib": settings.memory,
        "threads": thread_count(),
    }
    ended = WorkbenchError(
        "The analysis worker ended before it was done.",
        hint="It may have run out of memory: lower load.memory_mib in the settings.",
    )
    answer = ask_once("analyse", message, ended, on_progress, threads=thread_count())
    return str(answer["revision"])
