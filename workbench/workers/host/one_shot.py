"""Asking a worker that answers one request and ends."""

from __future__ import annotations

import os
from collections.abc import Callable

from workbench.errors import WorkbenchError, from_message
from workbench.workers.host.process import WorkerProcess
from workbench.workers.protocol import ChannelClosed, Message

OnProgress = Callable[[Message], None]


def ask_once(
    name: str,
    message: Message,
    ended: WorkbenchError,
    on_progress: OnProgress | None = None,
    *,
    threads: int = 2,
) -> Message:
    """Run the worker `name` to its answer; raises the error that it reported.

    `ended` is raised where it ends without one. An interrupt (KeyboardInterrupt, or any error of
    `on_progress`) kills the worker.
    """
    worker = WorkerProcess(name, threads=threads)
    try:
        worker.send(message | {"parent": os.getpid()})
        while True:
            for answer in worker.reader.read():
                if answer.get("ev") == "error":
                    raise from_message(answer)
                if answer.get("ev") != "progress":
                    return answer
                if on_progress is not None:
                    on_progress(answer)
    except ChannelClosed:
        raise ended from None
    finally:
        worker.kill()
