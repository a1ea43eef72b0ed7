"""The load worker: reads extract files into a store in the making, sandboxed, once.

Message in:  load  (the fields of `host.load.load_message`)
Messages out: progress phase done total rate eta_s; then one of
              done (the fields of `LoadSummary`), preview tables, fields files,
              proposal toml sure, error title message hint exit_code
"""

from __future__ import annotations

import os
from pathlib import Path

from workbench.workers import sandbox
from workbench.workers.protocol import Message
from workbench.workers.worker.one_shot import OnProgress, answer_once


def _enter_sandbox(message: Message) -> None:
    """Extracts and the previous store can be read, the staging folder written, nothing else."""
    readonly = [Path(name).resolve() for name in message["files"]]
    readonly += [Path(message[key]) for key in ("previous_store",) if message[key]]
    staging = Path(message["store"]).parent
    sandbox.enter(readonly, [staging], address_space_mib=int(message["address_space_mib"]))


def _answer(message: Message, on_progress: OnProgress) -> Message:
    os.chdir(message["cwd"])
    _enter_sandbox(message)
    from workbench.intake.load import load, preview  # only behind the sandbox
    from workbench.intake.load_session import Progress
    from workbench.intake.planning import fields, request_from
    from workbench.intake.recognise import ProposalNeeded

    def report(progress: Progress) -> None:
        on_progress(progress.as_message())

    request = request_from(message)
    if request.previous_store is not None:
        from workbench.engine.store_check import refuse_foreign_store

        refuse_foreign_store(request.previous_store)
    try:
        if message["fields"]:
            return {"ev": "fields", "files": fields(request)}
        if message["dry_run"]:
            return {"ev": "preview", "tables": preview(request)}
        return {"ev": "done", **load(request, report).as_message()}
    except ProposalNeeded as needed:
        return {"ev": "proposal", "toml": needed.toml, "sure": needed.sure, **needed.as_message()}


def main() -> None:
    """Entry point."""
    answer_once(_answer, "The load failed")


if __name__ == "__main__":
    main()
