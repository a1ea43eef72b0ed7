"""The analysis worker: finds clusters in a store in the making, sandboxed, once.

Message in:  analyse  store spill queries overlay memory_mib threads parent
Messages out: progress phase done total; then done revision, or error title message hint exit_code
"""

from __future__ import annotations

import os
from pathlib import Path

from workbench.errors import WorkbenchError
from workbench.workers import sandbox
from workbench.workers.protocol import Message, Reader, send


def _answer(message: Message, output: int) -> Message:
    store, spill = Path(message["store"]), Path(message["spill"])
    places = [Path(name) for name in message["queries"]]
    # The engine keeps a write-ahead log beside the store.
    sandbox.enter(places, [store.parent, spill])
    from workbench.analysis.build import build  # only behind the sandbox

    def report(phase: str, done: int, total: int) -> None:
        send(output, {"ev": "progress", "phase": phase, "done": done, "total": total})

    revision = build(
        store,
        spill=spill,
        queries=[place for place in places if place.is_dir()],
        overlay=message["overlay"],
        memory_mib=int(message["memory_mib"]),
        threads=int(message["threads"]),
        progress=report,
    )
    return {"ev": "done", "revision": revision}


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
        failed = WorkbenchError(f"{type(error).__name__}: {error}", title="The clustering failed")
        answer = {"ev": "error", **failed.as_message()}
    send(output, answer)


if __name__ == "__main__":
    main()
