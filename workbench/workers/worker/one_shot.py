"""The child's loop of a worker that answers one request and ends."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial

from workbench.errors import WorkbenchError, from_os
from workbench.workers import sandbox
from workbench.workers.protocol import Message, Reader, send
from workbench.workers.worker.failures import failure_fields

OnProgress = Callable[[Message], None]


def answer_once(work: Callable[[Message, OnProgress], Message], failed: str) -> None:
    """Entry point: one request, progress by the function that it is given, one answer.

    `failed` is the title of an error that is none of ours.
    """
    output = os.dup(1)
    os.dup2(2, 1)  # nothing but messages may reach the pipe
    message = Reader(0).read()[0]
    sandbox.die_with_parent(int(message["parent"]))
    try:
        answer = work(message, partial(send, output))
    except WorkbenchError as error:
        answer = {"ev": "error", **failure_fields(error)}
    except OSError as error:
        answer = {"ev": "error", **failure_fields(from_os(error)), "title": failed}
    except Exception as error:  # the process boundary: it must be reported, not lost
        fault = WorkbenchError(f"{type(error).__name__}: {error}", title=failed)
        answer = {"ev": "error", **failure_fields(fault)}
    send(output, answer)
