"""The command line's side of the generator, which runs in a worker of its own."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from workbench.errors import WorkbenchError, from_message
from workbench.workers.launch import WorkerProcess
from workbench.workers.protocol import ChannelClosed


def generate_extract(
    directory: Path,
    world: str,
    accounts: int | None,
    exchanges: int | None,
    seed: int | None,
    forms: tuple[str, ...],
    progress: Callable[[str, int, int], None],
) -> dict[str, int]:
    """Write a synthetic extract; returns rows by table. Raises the error that stopped it."""
    worker = WorkerProcess("generator", threads=os.cpu_count() or 1)
    try:
        worker.send(
            {
                "op": "generate",
                "parent": os.getpid(),
                "directory": str(directory.resolve()),
                "world": world,
                "accounts": accounts,
                "exchanges": exchanges,
                "seed": seed,
                "forms": list(forms),
            }
        )
        while True:
            for answer in worker.reader.read():
                if answer["ev"] == "error":
                    raise from_message(answer)
                if answer["ev"] == "done":
                    rows: dict[str, int] = answer["tables"]
                    return rows
                progress(str(answer["step"]), int(answer["done"]), int(answer["total"]))
    except ChannelClosed:
        raise WorkbenchError("The generator ended before it was done.") from None
    finally:
        worker.kill()
