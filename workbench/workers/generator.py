"""The generator worker: one synthetic extract, then the end.

Message in:  generate  directory, world, accounts, exchanges, seed, forms
Messages out: progress step done total; then done tables, or error title message hint exit_code
"""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from workbench.errors import WorkbenchError
from workbench.workers import sandbox
from workbench.workers.protocol import Message, Reader, send

if TYPE_CHECKING:
    from workbench.synth.config import SynthConfig


_SMALLEST_CAMPAIGN = 8


def _config(message: Message) -> SynthConfig:
    from workbench.synth.worlds import world

    config = world(message["world"])
    if message["seed"] is not None:
        config = replace(config, seed=int(message["seed"]))
    if message["forms"]:
        config = replace(config, formats=tuple(message["forms"]))
    accounts = message["accounts"] or config.accounts
    exchanges = config.exchanges if message["exchanges"] is None else message["exchanges"]
    factor = int(accounts) / config.accounts
    campaigns = tuple(
        replace(one, size=max(_SMALLEST_CAMPAIGN, round(one.size * factor)))
        for one in config.campaigns
    )
    return replace(config, accounts=int(accounts), exchanges=int(exchanges), campaigns=campaigns)


def _answer(message: Message, output: int) -> Message:
    directory = Path(message["directory"])
    directory.mkdir(parents=True, exist_ok=True)
    sandbox.enter([], [directory])
    from workbench.synth.generate import generate  # only behind the sandbox

    def progress(step: str, done: int, total: int) -> None:
        send(output, {"ev": "progress", "step": step, "done": done, "total": total})

    summary = generate(directory, _config(message), progress)
    return {"ev": "done", "tables": summary.rows}


def main() -> None:
    """Entry point: one request, progress, one answer."""
    output = os.dup(1)
    os.dup2(2, 1)  # nothing but messages may reach the pipe
    message = Reader(0).read()[0]
    sandbox.die_with_parent(int(message["parent"]))
    try:
        answer = _answer(message, output)
    except WorkbenchError as error:
        answer = {"ev": "error", **error.as_message()}
    except Exception as error:  # the process boundary: it must be reported, not lost
        failed = WorkbenchError(f"{type(error).__name__}: {error}", title="The generator failed")
        answer = {"ev": "error", **failed.as_message()}
    send(output, answer)


if __name__ == "__main__":
    main()
