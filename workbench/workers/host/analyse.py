"""The command line's side of clustering: one analysis worker on a staged store."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from workbench.case.folder import Staging
from workbench.errors import WorkbenchError
from workbench.resources import queries_dir
from workbench.settings import LoadSettings, thread_count
from workbench.workers.host.one_shot import ask_once
from workbench.workers.protocol import Message


def analyse_store(
    staging: Staging,
    settings: LoadSettings,
    *,
    overlay: Sequence[dict[str, Any]] = (),
    on_progress: Callable[[Message], None] | None = None,
) -> str:
    """Write traits, clusters and evidence into a staged store; returns the analysis revision.

    `overlay` holds the ledger's entity-list entries. Raises the error that stopped it.
    """
    message = {
        "op": "analyse",
        "store": str(staging.store_path.resolve()),
        "spill": str(staging.spill_dir.resolve()),
        "queries": str(queries_dir().resolve()),
        "overlay": list(overlay),
        "memory_mib": settings.memory,
        "threads": thread_count(),
    }
    ended = WorkbenchError(
        "The analysis worker ended before it was done; nothing was committed.",
        hint="It may have run out of memory: lower load.memory_mib in the settings.",
    )
    answer = ask_once("analyse", message, ended, on_progress, threads=thread_count())
    return str(answer["revision"])
