"""The load worker: reads extract files into a store in the making, sandboxed, once.

Message in:  load  (the fields of `LoadRequest.as_message`)
Messages out: progress phase done total rate eta_s; then one of
              done (the fields of `LoadSummary`), preview tables, error title message hint exit_code
"""

from __future__ import annotations

import os
from pathlib import Path

from workbench.errors import WorkbenchError
from workbench.workers import sandbox
from workbench.workers.protocol import Message, Reader, send


def _enter_sandbox(message: Message) -> None:
    """Extracts and the previous store can be read, the staging folder written, nothing else."""
    readonly = [Path(name).resolve() for name in message["files"]]
    readonly += [Path(message[key]) for key in ("previous_store",) if message[key]]
    readonly += [Path(message[key]) for key in ("previous_rejects",) if message[key]]
    staging = Path(message["store"]).parent
    sandbox.enter(readonly, [staging], address_space_mib=int(message["address_space_mib"]))


def _answer(message: Message, output: int) -> Message:
    os.chdir(message["cwd"])
    _enter_sandbox(message)
    from workbench.intake.load import load, preview, request_from  # only behind the sandbox
    from workbench.intake.session import Progress

    def report(progress: Progress) -> None:
        send(output, progress.as_message())

    request = request_from(message)
    if message["dry_run"]:
        return {"ev": "preview", "tables": preview(request)}
    return {"ev": "done", **load(request, report).as_message()}


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
        failed = WorkbenchError(f"{type(error).__name__}: {error}", title="The load failed")
        answer = {"ev": "error", **failed.as_message()}
    send(output, answer)


if __name__ == "__main__":
    main()
