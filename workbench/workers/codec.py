"""Messages as they cross the pipe: the class by its name, the job, the fields."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from typing import Any, TypeVar

from workbench.workers.messages import (
    AccountIdsRead,
    Began,
    Cancel,
    CellRead,
    Close,
    Compare,
    Compared,
    Digest,
    Digested,
    Event,
    Export,
    Exported,
    Failed,
    Find,
    Found,
    Inspect,
    Inspected,
    Masked,
    Open,
    Opened,
    Overlaid,
    Overlay,
    PickRows,
    Plan,
    Planned,
    ReadAccountIds,
    ReadAll,
    ReadCell,
    ReadWindow,
    Ready,
    Reopen,
    Request,
    SetMask,
    Spooled,
    Spooling,
    Start,
    Stream,
    WindowRead,
)
from workbench.workers.protocol import Message

_Body = TypeVar("_Body")
_EVENTS: dict[str, type[Event]] = {
    kind.__name__: kind
    for kind in (
        Ready, Failed, Opened, Began, Spooling, Spooled, WindowRead, CellRead, Found, Compared,
        Planned, Exported, Digested, Inspected, Overlaid, Masked, AccountIdsRead,
    )
}  # fmt: skip
_REQUESTS: dict[str, type[Request[Any]]] = {
    kind.__name__: kind
    for kind in (
        Start, Open, Stream, ReadAll, ReadWindow, ReadCell, Reopen, Find, Compare, PickRows, Plan,
        Export, Digest, Inspect, Overlay, SetMask, ReadAccountIds, Cancel, Close,
    )
}  # fmt: skip


def _as_message(job: int, body: Any) -> Message:
    """A message as it crosses: its class by name, its job, its fields."""
    named = {one.name: getattr(body, one.name) for one in fields(body)}
    return {"is": type(body).__name__, "job": job, **named}


def request_message(job: int, request: Request[Any]) -> Message:
    """A request as it crosses."""
    return _as_message(job, request)


def event_message(job: int, event: Event) -> Message:
    """An event as it crosses."""
    return _as_message(job, event)


def read_event(message: Message) -> tuple[int, Event]:
    """The job and the event of a message; raises ValueError where it is none."""
    job, kind, given = _parts(message)
    if kind not in _EVENTS:
        raise ValueError(f"no event is called {kind}")
    return job, _made(_EVENTS[kind], given)


def read_request(message: Message) -> tuple[int, Request[Any]]:
    """The job and the request of a message; raises ValueError where it is none."""
    job, kind, given = _parts(message)
    if kind not in _REQUESTS:
        raise ValueError(f"no request is called {kind}")
    return job, _made(_REQUESTS[kind], given)


def _made(kind: Callable[..., _Body], given: dict[str, Any]) -> _Body:
    try:
        return kind(**given)
    except TypeError as error:
        raise ValueError("a message has other fields than its kind") from error


def _parts(message: Message) -> tuple[int, str, dict[str, Any]]:
    try:
        given = dict(message)
        return int(given.pop("job")), str(given.pop("is")), given
    except (KeyError, TypeError) as error:
        raise ValueError("a message names neither its job nor what it is") from error
