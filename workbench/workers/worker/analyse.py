"""The analysis worker: finds clusters in the data of a case, sandboxed, once.

Message in:  analyse  data previous analysis spill queries overlay memory_mib threads parent
Messages out: progress phase done total; then done revision, or error title message hint exit_code
"""

from __future__ import annotations

from pathlib import Path

from workbench.workers import sandbox
from workbench.workers.protocol import Message
from workbench.workers.worker.one_shot import OnProgress, answer_once


def _answer(message: Message, on_progress: OnProgress) -> Message:
    analysis, spill = Path(message["analysis"]), Path(message["spill"])
    queries = Path(message["queries"])
    data = [Path(name) for name in message["data"]]
    previous = Path(message["previous"]) if message["previous"] else None
    read = dict.fromkeys((*data, *((previous,) if previous else ())))
    # The engine keeps a write-ahead log beside what it writes.
    sandbox.enter([queries, *read], [analysis.parent, spill])
    from workbench.detection.pipeline import build  # only behind the sandbox
    from workbench.engine.store_check import refuse_foreign_store

    for part in read:  # somebody else may have made it
        refuse_foreign_store(part)

    def report(phase: str, done: int, total: int) -> None:
        on_progress({"ev": "progress", "phase": phase, "done": done, "total": total})

    revision = build(
        analysis,
        data=data,
        previous=previous,
        spill=spill,
        queries=queries,
        overlay=message["overlay"],
        memory_mib=int(message["memory_mib"]),
        threads=int(message["threads"]),
        progress=report,
    )
    return {"ev": "done", "revision": revision}


def main() -> None:
    """Entry point."""
    answer_once(_answer, "The clustering failed")


if __name__ == "__main__":
    main()
