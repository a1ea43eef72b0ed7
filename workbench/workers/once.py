"""Workers that answer one request and end: their entry point, and asking one."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial

from workbench.errors import WorkbenchError, from_message, from_os
from workbench.workers import sandbox
from workbench.workers.launch import WorkerProcess
from workbench.workers.protocol import ChannelClosed, Message, Reader, send

Tell = Callable[[Message], None]


def answer_once(work: Callable[[Message, Tell], Message], failed: str) -> None:
    """Entry point: one request, progress by `tell`, one answer.

    `failed` is the title of an error that is none of ours.
    """
    output = os.dup(1)
    os.dup2(2, 1)  # nothing but messages may reach the pipe
    message = Reader(0).read()[0]
    sandbox.die_with_parent(int(message["parent"]))
    try:
        answer = work(message, partial(send, output))
    except WorkbenchError as error:
        answer = {"ev": "error", **error.as_message()}
    except OSError as error:
        answer = {"ev": "error", **from_os(error).as_message(), "title": failed}
    except Exception as error:  # the process boundary: it must be reported, not lost
        fault = WorkbenchError(f"{type(error).__name__}: {error}", title=failed)
        answer = {"ev": "error", **fault.as_message()}
    send(output, answer)


def ask_once(
    name: str,
    message: Message,
    ended: WorkbenchError,
    on_progress: Tell | None = None,
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
                if answer["ev"] == "error":
                    raise from_message(answer)
                if answer["ev"] != "progress":
                    return answer
                if on_progress is not None:
                    on_progress(answer)
    except ChannelClosed:
        raise ended from None
    finally:
        worker.kill()
