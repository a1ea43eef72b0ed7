"""The schema: every type is accepted as built, and every spoilt field refused by both verifiers."""

from __future__ import annotations

import copy
import json
import runpy
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.audit.conftest import examples_of
from tests.batteries.bare_python import STANDALONE
from workbench.audit.errors import MalformedError
from workbench.audit.records.canonical_json import canonical, parse, seal
from workbench.audit.records.entries import brief, is_brief, plain_match, read_record
from workbench.audit.records.schema import BODIES, BODIES_OF, check_record, references

Fields = dict[str, Any]
_NEW_EVIDENCE = {
    "trust": "shipped", "analysis": 1, "engine": None, "snapshot": None, "masked": ["email"],
}  # fmt: skip
SECOND = runpy.run_path(str(STANDALONE.with_name("wb_record.py")))["read_record"]


def whole(kind: str, body: Any, version: int = 2) -> Fields:
    return {
        "v": version, "seq": 4, "prev": "ab" * 32, "id": "cd" * 16, "type": kind,
        "ts": 1_790 * 10**12, "mono": 5, "boot": "0" * 32,
        "who": {"name": "ana", "uid": 1, "host": "h", "key": ""},
        "tool": "workbench/0.1.0", "seen": {"size": 2, "root": "ef" * 32}, "body": body, "sig": "",
    }  # fmt: skip


def spoilt(value: Any) -> Iterator[Any]:
    """The value with each part replaced by something else, dropped, or joined by a stranger."""
    if isinstance(value, dict):
        for key in value:
            yield {k: v for k, v in value.items() if k != key}
            for other in spoilt(value[key]):
                yield {**value, key: other}
        yield {**value, "stranger": 1}
    elif isinstance(value, list):
        for index, item in enumerate(value):
            for other in spoilt(item):
                yield [*value[:index], other, *value[index + 1 :]]
        yield value * 400
    elif isinstance(value, str):
        yield from (7, None, True, value + "\n", "", "x" * 9000, "/")
    elif isinstance(value, int):
        yield from (-(2**53) - 1, 2**53 + 1, str(value), 0.5, True, None)
    yield {"set": "nothing"}


def verdict(read: Any, line: bytes) -> bool:
    try:
        read(line)
    except (MalformedError, ValueError):
        return False
    return True


def test_every_type_has_an_example(example_bodies: dict[str, Fields]) -> None:
    assert set(example_bodies) == set(BODIES)


@pytest.mark.parametrize(
    ("version", "kind"), [(version, kind) for version in BODIES_OF for kind in BODIES_OF[version]]
)
def test_both_verifiers_accept_and_refuse_the_same(version: int, kind: str) -> None:
    good = whole(kind, examples_of(version)[kind], version)
    line = seal(good)[:-1]
    assert read_record(line) == parse(line)
    SECOND(line)
    refused = 0
    for bad in spoilt(good):
        try:
            line = seal(bad)[:-1]
        except MalformedError:
            continue
        ours = verdict(read_record, line)
        assert ours == verdict(SECOND, line), line
        refused += not ours
    assert refused > 50


def test_decisions_must_hold_together(example_bodies: dict[str, Fields]) -> None:
    def refused(change: Any) -> bool:
        body = copy.deepcopy(example_bodies["decision"])
        change(body)
        return not verdict(read_record, seal(whole("decision", body))[:-1])

    assert refused(lambda body: body.update(counter=" "))
    assert refused(lambda body: body.update(scope="account"))
    assert refused(lambda body: body["subject"].update(set=""))
    assert not refused(lambda body: body.update(verdict="watch", counter=""))


@given(
    st.sampled_from((1, 2)), st.text(), st.text(max_size=40),
    st.dictionaries(st.text(max_size=3), st.integers()),
)  # fmt: skip
def test_the_plain_form_accepts_only_what_full_parsing_accepts(
    version: int, account: str, note: str, params: dict[str, int]
) -> None:
    """What needs no parsing must be exactly what parsing would have said."""
    evidence = {
        "query": "q", "rev": 1, "sha256": "ab" * 32, "params": params, "generation": 1, "rows": 1,
        "sources": ["ab" * 32], "result_sha256": "ab" * 32, "ledger_head": "ab" * 32,
        **(_NEW_EVIDENCE if version == 2 else {}),
    }  # fmt: skip
    body = {
        "verdict": "flag", "scope": "account", "reason": "R-MULTI", "confidence": "low",
        "note": note, "counter": note, "changes_my_mind": "", "expires": None, "sample": None,
        "subject": {"kind": "account", "id": account, "set": "", "count": 1},
        "evidence": [evidence], **({"preview": None, "stored": None} if version == 2 else {}),
    }  # fmt: skip
    line = seal(whole("decision", body, version))[:-1]
    fields = json.loads(line)
    try:
        check_record(fields)
    except MalformedError:
        assert plain_match(line) is None
        return
    short = brief(line, for_state=True)
    if short is not None:
        assert is_brief(short)
        assert short == {
            **{name: fields[name] for name in short},
            "who": {"name": fields["who"]["name"]},
            "body": {**{name: body[name] for name in short["body"]}, "evidence": []},
        }
    elif note.isascii() and note.isalnum() and account.isascii() and account.isalnum():
        assert any(abs(value) > 10**14 for value in params.values())


def test_the_plain_form_refuses_params_out_of_order() -> None:
    body = {
        "verdict": "clear", "scope": "account", "reason": "C-OTHER", "confidence": "low",
        "note": "", "counter": "", "changes_my_mind": "", "expires": None, "sample": None,
        "subject": {"kind": "account", "id": "a", "set": "", "count": 1},
        "evidence": [{
            "query": "q", "rev": 1, "sha256": "ab" * 32, "params": {"a": 1, "b": 2}, "rows": 1,
            "generation": 1, "sources": [], "result_sha256": "ab" * 32, "ledger_head": "ab" * 32,
        }],
    }  # fmt: skip
    line = seal(whole("decision", body, 1))[:-1]
    assert plain_match(line) is not None
    for params in (b'{"b":2,"a":1}', b'{"a":1,"a":2}'):
        swapped = line.replace(b'{"a":1,"b":2}', params)
        assert plain_match(swapped) is None
        with pytest.raises(MalformedError):
            read_record(swapped)


@pytest.mark.parametrize(
    "line",
    [b"", b"{}", b"[]", b'{"a":1,"a":1}', b'{"b":1,"a":1}', b'{"a": 1}', b'{"a":1.0}', b'{"a":NaN}',
     b'{"a":"\xc3\xbc"}', b'{"a":"\x7f"}', b"[" * 60_000, b'{"a":"\\u0041"}', b"\xff", b"1" * 5000],
)  # fmt: skip
def test_other_spellings_are_refused(line: bytes) -> None:
    with pytest.raises(MalformedError):
        read_record(line)


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(),
                    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)))  # fmt: skip
def test_canonical_text_is_ascii_and_shows_nothing_that_acts(value: Any) -> None:
    data = canonical({"value": value})
    assert data.isascii()
    assert all(0x20 <= byte < 0x7F for byte in data)
    assert parse(data) == {"value": value}


def test_a_parameter_called_set_is_no_reference() -> None:
    named = {"params": {"set": "abc", "count": 3, "ids": {"set": "ab" * 32, "count": 2}}}
    assert references(named) == [("ab" * 32, 2)]
