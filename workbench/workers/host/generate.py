"""The command line's side of the generator, which runs in a worker of its own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from workbench.errors import WorkbenchError
from workbench.settings import thread_count
from workbench.workers.host.one_shot import ask_once
from workbench.workers.protocol import Message


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
    message = {
        "op": "generate",
        "directory": str(directory.resolve()),
        "world": world,
        "accounts": accounts,
        "exchanges": exchanges,
        "seed": seed,
        "forms": list(forms),
    }

    def on_progress(event: Message) -> None:
        progress(str(event["step"]), int(event["done"]), int(event["total"]))

    ended = WorkbenchError("The generator ended before it was done.")
    answer = ask_once("generate", message, ended, on_progress, threads=thread_count())
    rows: dict[str, int] = answer["tables"]
    return rows
