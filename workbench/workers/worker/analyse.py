"""The analysis worker: finds clusters in a store in the making, sandboxed, once.

Message in:  analyse  store spill queries overlay memory_mib threads parent
Messages out: progress phase done total; then done revision, or error title message hint exit_code
"""

from __future__ import annotations

from pathlib import Path

from workbench.workers import sandbox
from workbench.workers.protocol import Message
from workbench.workers.worker.one_shot import OnProgress, answer_once


def _answer(message: Message, on_progress: OnProgress) -> Message:
    store, spill = Path(message["store"]), Path(message["spill"])
    queries = Path(message["queries"])
    # The engine keeps a write-ahead log beside the store.
    sandbox.enter([queries], [store.parent, spill])
    from workbench.detection.pipeline import build  # only behind the sandbox
    from workbench.engine.store_check import refuse_foreign_store

    refuse_foreign_store(store)  # it may be a copy of one that somebody else made

    def report(phase: str, done: int, total: int) -> None:
        on_progress({"ev": "progress", "phase": phase, "done": done, "total": total})

    revision = build(
        store,
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
