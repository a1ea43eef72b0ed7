"""A worker that says what the test lets it say, so that every order of events can be had."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

from workbench.workers.codec import event_message, read_request, request_message
from workbench.workers.messages import Event, Ready, Request
from workbench.workers.protocol import ChannelClosed, Message, Reader, send

READY = Ready("sandboxed", {"exchanges": [["n", "BIGINT"]]}, 1)


class ScriptedWorker:
    """Stands in for WorkerProcess: `asked` is what was sent to it, `say` is what it answers."""

    def __init__(self, answer: Callable[[ScriptedWorker, int, Request[Any]], None]) -> None:
        self.output, self._in = os.pipe()
        self.reader = Reader(self.output)
        self.pid = os.getpid()
        self.asked: list[tuple[int, Request[Any]]] = []
        self.killed = self.closed = self.deaf = False
        self._answer = answer

    def send(self, message: Message) -> None:
        """Take a request; the script may answer at once."""
        if self.deaf:
            raise ChannelClosed
        job, request = read_request(message)
        assert request_message(job, request) == message
        self.asked.append((job, request))
        self._answer(self, job, request)

    def requests(self, kind: type[Request[Any]]) -> list[Any]:
        """What was asked of this kind."""
        return [request for _, request in self.asked if isinstance(request, kind)]

    def job_of(self, kind: type[Request[Any]]) -> int:
        """The job of the last request of this kind."""
        return [job for job, request in self.asked if isinstance(request, kind)][-1]

    def say(self, job: int, *events: Event) -> None:
        """Events arrive at the client."""
        for event in events:
            send(self._in, event_message(job, event))

    def end(self) -> None:
        """The process ends by itself."""
        if self._in >= 0:
            os.close(self._in)
            self._in = -1

    def kill(self) -> None:
        """The client is done with it."""
        self.killed = True
        self.end()
        self._close_output()

    def close(self) -> int:
        """Its input was closed."""
        self.closed = True
        self.end()
        self._close_output()
        return 0

    def _close_output(self) -> None:
        if self.output >= 0:
            os.close(self.output)
            self.output = -1


class Script:
    """Makes the workers of one client: `workers` in order; `rules` answer what they name."""

    def __init__(self) -> None:
        self.workers: list[ScriptedWorker] = []
        self.rules: dict[str, Callable[[ScriptedWorker, int, Any], None]] = {}
        self.threads: list[int] = []
        self.deaf = False

    def __call__(self, name: str, *, threads: int = 2) -> ScriptedWorker:
        """Stands in for the class WorkerProcess."""
        assert name == "query"
        self.threads.append(threads)
        worker = ScriptedWorker(self._answer)
        worker.deaf = self.deaf
        self.workers.append(worker)
        return worker

    @property
    def worker(self) -> ScriptedWorker:
        """The newest worker."""
        return self.workers[-1]

    def _answer(self, worker: ScriptedWorker, job: int, request: Request[Any]) -> None:
        rule = self.rules.get(type(request).__name__)
        if rule is not None:
            rule(worker, job, request)

    def always(self, kind: str, event: Event) -> None:
        """Answer every request of a kind with this event."""
        self.rules[kind] = lambda worker, job, request: worker.say(job, event)
