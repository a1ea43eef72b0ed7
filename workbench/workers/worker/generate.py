"""The generator worker: one synthetic extract, then the end.

Message in:  generate  directory, world, accounts, exchanges, seed, forms
Messages out: progress step done total; then done tables, or error title message hint exit_code
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from workbench.workers import sandbox
from workbench.workers.protocol import Message
from workbench.workers.worker.one_shot import OnProgress, answer_once

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


def _answer(message: Message, on_progress: OnProgress) -> Message:
    directory = Path(message["directory"])
    directory.mkdir(parents=True, exist_ok=True)
    sandbox.enter([], [directory])
    from workbench.synth.generate import generate  # only behind the sandbox

    def progress(step: str, done: int, total: int) -> None:
        on_progress({"ev": "progress", "step": step, "done": done, "total": total})

    summary = generate(directory, _config(message), progress)
    return {"ev": "done", "tables": summary.rows}


def main() -> None:
    """Entry point."""
    answer_once(_answer, "The generator failed")


if __name__ == "__main__":
    main()
