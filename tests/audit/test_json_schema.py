"""Three say what a record is, and agree: the published schema, the product, the stand-alone."""

from __future__ import annotations

import json
import runpy
from collections import Counter
from typing import Any

import jsonschema
import pytest
from hypothesis import HealthCheck, assume, event, given, settings
from hypothesis import strategies as st

from tests.audit.conftest import examples_of
from tests.audit.schema_values import EDGES, Drawer, Path, neighbours, said, spoil, validator
from tests.batteries.bare_python import STANDALONE
from tests.docs.ledger_schema import SCHEMA_FILE, schema_text
from workbench.audit.errors import MalformedError
from workbench.audit.records.canonical_json import MAX_LINE_BYTES, seal
from workbench.audit.records.entries import read_record
from workbench.audit.records.field_checks import WHITE_SPACE
from workbench.audit.records.schema import BODIES, BODIES_OF

_SCHEMA = json.loads(SCHEMA_FILE.read_text("ascii"))
_VALIDATOR, _DRAWER = validator(_SCHEMA), Drawer(_SCHEMA)
_WORDS = said(_SCHEMA, "enum")
_STANDALONE = runpy.run_path(str(STANDALONE.with_name("wb_record.py")))
_VERSIONS = [(version, kind) for version in BODIES_OF for kind in BODIES_OF[version]]
# What each record has beside its body and version; two types are drawn with all of it.
_ENVELOPE = {
    "seq": 4, "prev": "ab" * 32, "h": "ab" * 32, "id": "cd" * 16, "ts": 1, "mono": 5,
    "boot": "0" * 32, "who": {"name": "ana", "uid": 1, "host": "h", "key": "k"}, "tool": "t",
    "seen": {"size": 2, "root": "ef" * 32}, "sig": "AAAA",
}  # fmt: skip
_DRAWN_WHOLE = ("open", "clipboard")
# The decision inside a proposal is that of a decision.
_WITHIN: dict[str, Path] = {"proposal": ("body", "origin"), "open": (), "clipboard": ()}
_SETTINGS = settings(
    deadline=None, max_examples=30,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)  # fmt: skip


@st.composite
def _records(draw: st.DrawFn, version: int, kind: str) -> Any:
    fixed = {"type": kind, "v": version}
    if kind not in _DRAWN_WHOLE:
        fixed |= _ENVELOPE
    return _DRAWER.record(draw, f"record-{version}", fixed)


@st.composite
def _spoilt(draw: st.DrawFn, version: int, kind: str) -> Any:
    return spoil(draw, draw(_records(version, kind)))


def _line(fields: dict[str, Any]) -> bytes:
    """The line of a record, with the hash that fits it."""
    try:
        return seal({name: value for name, value in fields.items() if name != "h"})[:-1]
    except MalformedError:
        assume(False)  # longer than a line may be, which is no matter of a schema
        raise


def _accepted(line: bytes) -> dict[str, bool]:
    """Who accepts a line."""
    found = {"schema": bool(_VALIDATOR.is_valid(json.loads(line)))}
    readers = {"product": read_record, "stand-alone": _STANDALONE["read_record"]}
    for name, read in readers.items():
        try:
            read(line)
        except ValueError:
            found[name] = False
        else:
            found[name] = True
    return found


def test_the_published_schema_is_that_of_the_product() -> None:
    assert SCHEMA_FILE.read_text("ascii") == schema_text(), (
        "run: python -m tests.docs.ledger_schema"
    )
    jsonschema.Draft202012Validator.check_schema(_SCHEMA)


def test_every_type_of_record_has_a_definition() -> None:
    assert _SCHEMA["$defs"].keys() >= BODIES.keys()
    assert _STANDALONE["BODIES_OF"].keys() == BODIES_OF.keys()
    for version, bodies in BODIES_OF.items():
        assert _STANDALONE["BODIES_OF"][version].keys() == bodies.keys()


@pytest.mark.parametrize(("version", "kind"), _VERSIONS)
@_SETTINGS
@given(st.data())
def test_what_the_schema_allows_all_accept(version: int, kind: str, data: st.DataObject) -> None:
    drawn = data.draw(_records(version, kind))
    assert set(_accepted(_line(drawn)).values()) == {True}


@pytest.mark.parametrize(("version", "kind"), _VERSIONS)
@_SETTINGS
@given(st.data())
def test_what_is_spoilt_all_judge_alike(version: int, kind: str, data: st.DataObject) -> None:
    line = _line(data.draw(_spoilt(version, kind)))
    judged = _accepted(line)
    event("refused" if not judged["schema"] else "accepted")
    assert len(set(judged.values())) == 1, (judged, line[:2000])


def test_every_pattern_is_tried_at_its_edges() -> None:
    records = {name: one for name, one in _SCHEMA["$defs"].items() if not name.startswith("line-")}
    anchored = {found for found in said(records, "pattern") if found.startswith("^")}
    assert anchored - {"^(?:)$"} == EDGES.keys()


@pytest.mark.parametrize(("version", "kind"), _VERSIONS)
def test_all_draw_the_same_bounds(version: int, kind: str) -> None:
    whole = {**_ENVELOPE, "v": version, "type": kind, "body": examples_of(version)[kind]}
    judged = Counter[bool]()
    for near in neighbours(whole, _WORDS, _WITHIN.get(kind, ("body",))):
        try:
            line = seal({name: value for name, value in near.items() if name != "h"})[:-1]
        except MalformedError:
            continue  # longer than a line may be
        answers = _accepted(line)
        assert len(set(answers.values())) == 1, (answers, line[:2000])
        judged[answers["schema"]] += 1
    assert judged[True] > 5
    assert judged[False] > 30


def test_a_decision_is_of_the_scope_of_its_subject() -> None:
    scopes = _SCHEMA["$defs"]["decision"]["properties"]["scope"]["enum"]
    one = {"kind": "account", "id": "a", "set": "", "count": 1}
    for kind in scopes:
        several = {"kind": kind, "id": "", "set": "ab" * 32, "count": 9}
        for scope in scopes:
            fields = _flag("none-found")
            fields["body"] |= {"scope": scope, "subject": one if kind == "account" else several}
            assert set(_accepted(_line(fields)).values()) == {scope == kind}, (scope, kind)


def _flag(counter: str) -> dict[str, Any]:
    body: dict[str, Any] = {
        "verdict": "flag", "scope": "account", "reason": "R-MULTI", "confidence": "low",
        "note": "", "counter": counter, "changes_my_mind": "", "expires": None, "sample": None,
        "subject": {"kind": "account", "id": "a", "set": "", "count": 1}, "evidence": [],
    }  # fmt: skip
    return {**_ENVELOPE, "v": 1, "type": "decision", "body": body}


def test_white_space_alone_speaks_against_nothing() -> None:
    """Which characters are white space depends on nobody's version of Unicode."""
    blank = set(map(ord, WHITE_SPACE))
    beside = {point + step for point in blank for step in (-1, 1)} - blank
    for point in blank | beside | {0, 0x7F, 0x180E, 0x200B, 0x2060, 0xFEFF, 0xD800, 0x1F600}:
        answers = set(_accepted(_line(_flag(chr(point) * 2))).values())
        assert answers == {point not in blank}, hex(point)


def test_a_line_has_a_limit_that_no_schema_knows() -> None:
    fields = _flag("x")
    fields["body"]["evidence"] = [
        {"query": "q" * 256, "rev": 1, "sha256": "ab" * 32, "params": {}, "generation": 1,
         "sources": ["ab" * 32] * 64, "result_sha256": "ab" * 32, "rows": 1,
         "ledger_head": "ab" * 32}
    ] * 32  # fmt: skip
    line = json.dumps({**fields, "h": "ab" * 32}, sort_keys=True, separators=(",", ":")).encode()
    assert len(line) > MAX_LINE_BYTES
    assert _accepted(line) == {"schema": True, "product": False, "stand-alone": False}
