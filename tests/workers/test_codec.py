"""Every message crosses the pipe as it was, and nothing else is taken for one."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from typing import Any, get_args, get_origin

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.workers import codec, messages
from workbench.workers.messages import Event, Request

_CELLS = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
    lambda cells: st.lists(cells, max_size=3) | st.dictionaries(st.text(), cells, max_size=3),
    max_leaves=6,
)


def _classes(base: type[Any]) -> list[type[Any]]:
    """Every message class of the module, found by what it derives from."""
    found = [one for one in vars(messages).values() if isinstance(one, type)]
    return [one for one in found if issubclass(one, base) and one is not base]


def _values(kind: Any) -> st.SearchStrategy[Any]:
    if isinstance(kind, str):
        kind = eval(kind, vars(messages))
    origin, inner = get_origin(kind), get_args(kind)
    if origin is list:
        return st.lists(_values(inner[0]), max_size=3)
    if origin is not None and issubclass(origin, Mapping | dict):
        return st.dictionaries(st.text(), _values(inner[1]), max_size=3)
    if inner:  # a union with None
        return st.one_of(*(st.none() if one is type(None) else _values(one) for one in inner))
    return {
        str: st.text(), int: st.integers(-(2**53), 2**53), bool: st.booleans(),
        float: st.floats(allow_nan=False, allow_infinity=False),
    }.get(kind, _CELLS)  # fmt: skip


def _made(kinds: list[type[Any]]) -> st.SearchStrategy[Any]:
    def one(kind: type[Any]) -> st.SearchStrategy[Any]:
        given = {item.name: _values(item.type) for item in dataclasses.fields(kind)}
        return st.builds(kind, **given)

    return st.sampled_from(kinds).flatmap(one)


@given(_made(_classes(Event)), st.integers(0, 2**31))
def test_an_event_arrives_as_it_was_said(event: Event, job: int) -> None:
    crossed = json.loads(json.dumps(codec.event_message(job, event)))
    assert codec.read_event(crossed) == (job, event)


@given(_made(_classes(Request)), st.integers(0, 2**31))
def test_a_request_arrives_as_it_was_asked(request: Request[Any], job: int) -> None:
    crossed = json.loads(json.dumps(codec.request_message(job, request)))
    assert codec.read_request(crossed) == (job, request)


@pytest.mark.parametrize(
    "message", [{}, {"job": 1}, {"is": "Opened"}, {"is": "Nothing", "job": 1},
                {"is": "WorkbenchError", "job": 1}],
)  # fmt: skip
def test_what_is_no_message_is_refused(message: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"message|called"):
        codec.read_event(message)
    with pytest.raises(ValueError, match=r"message|called"):
        codec.read_request(message)


def test_every_request_names_its_answer() -> None:
    for kind in _classes(Request):
        (base,) = kind.__orig_bases__
        (answer,) = get_args(base)
        assert issubclass(answer, Event), kind
