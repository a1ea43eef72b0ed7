"""A list with the right digest and wrong lines: both verifiers refuse it and name one record."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.batteries.bare_python import BARE, plain_run
from tests.batteries.ledger_differential import product, random_toml, stand_alone
from tests.batteries.ledger_forgeries import rechained
from workbench.audit.log.append import Ledger
from workbench.audit.log.verify import verify
from workbench.audit.records.account_sets import SetFolder, SetRef, durable_write, spell
from workbench.audit.records.canonical_json import sha256
from workbench.audit.records.list_contents import MAX_FILE_BYTES, MAX_VALUE_CHARACTERS
from workbench.audit.state import builders, reducer
from workbench.audit.state.state import LedgerState

Open = Callable[..., Ledger]
_GOOD: dict[str, list[str]] = {
    "accounts": ["a", "b", "ü", "\ud800", "\U0001f600"],
    "digests": ["ab" * 32, "cd" * 32],
    "ids": ["ab" * 16, "cd" * 16],
    "values": ["b", "", "a", "a"],
    "text": ["signed = false", ""],
}
# Wrong as a list of any kind.
_FORMS: dict[str, bytes] = {
    "an empty line": b'"a"\n\n"b"\n',
    "no line feed at the end": b'"a"\n"b"',
    "carriage returns": b'"a"\r\n"b"\r\n',
    "a byte order mark": b'\xef\xbb\xbf"a"\n',
    "invalid UTF-8": b'"a\xff"\n',
    "UTF-8 unescaped": '"ü"\n'.encode(),
    "another spelling": b'"\\u0041"\n',
    "a surrogate in capitals": b'"\\uD800"\n',
    "a pair of surrogates unescaped": '"\U0001f600"\n'.encode(),
    "a raw NUL": b'"a\0b"\n',
    "a control character": b'"a\x0bb"\n',
    "white space": b' "a"\n',
    "a number": b"5\n",
    "a number of 5,000 digits": b"1" * 5000 + b"\n",
    "a list": b'["a"]\n',
    "very deep": b"[" * 100_000 + b"\n",
    "no JSON": b"hello\n",
    "two values on a line": b'"a""b"\n',
    "too long a line": b'"' + b"a" * (MAX_VALUE_CHARACTERS + 1) + b'"\n',
}
# Wrong as a list of one kind.
_OF_A_KIND: list[tuple[str, str, list[str]]] = [
    ("accounts", "unsorted", ["b", "a"]),
    ("accounts", "sorted as UTF-16", ["\U0001f600", "\ufffd"]),
    ("accounts", "doubled", ["a", "a"]),
    ("accounts", "empty", ["", "a"]),
    ("accounts", "too long", ["a" * 2049]),
    ("digests", "unsorted", ["cd" * 32, "ab" * 32]),
    ("digests", "no digest", ["AB" * 32]),
    ("ids", "no id", ["ab" * 32]),
    ("text", "a line feed", ["signed = false\nx = 1"]),
    ("text", "too long", ["#" + "a" * 65_536]),
    ("values", "too long", ["a" * (MAX_VALUE_CHARACTERS + 1)]),
]


@pytest.fixture(autouse=True)
def dishonest(monkeypatch: pytest.MonkeyPatch) -> None:
    """An honest program would not name such lists."""
    monkeypatch.setattr(LedgerState, "refuses", lambda *_: "")
    monkeypatch.setattr(SetFolder, "unfit", lambda *_: "")


def _store(ledger: Ledger, data: bytes) -> SetRef:
    digest = sha256(data)
    durable_write(ledger.sets.path(digest), data, 0o600)
    return SetRef(digest, data.count(b"\n"))


def _name(ledger: Ledger, battery: ModuleType, kind: str, data: bytes) -> int:
    """A record that names these bytes as a list of this kind; returns its number."""
    ref = _store(ledger, data)
    evidence = battery.rests_on(ledger, "one")
    if kind == "accounts":
        body = {**battery.flag("x"), "scope": "set", "subject": builders.set_subject("set", ref)}
        return ledger.append("decision", body).seq
    if kind == "digests":
        evidence |= {"sources": ref.as_field()}
    if kind == "values":
        evidence |= {"params": {"a": ref.as_field()}}
    if kind in ("digests", "values"):
        return ledger.append("decision", battery.flag("acct-1", evidence)).seq
    if kind == "text":
        text = "\n".join(_GOOD["text"]).encode()
        return ledger.append("policy", builders.policy(sha256(text), ref, signed=False)).seq
    empty = ledger.put_list([]).as_field()
    body = {"case": ledger.case_id, "size": 1, "root": "ab" * 32, "lines": empty,
            "conflicts": None, "disputes": ref.as_field(), "reason": ""}  # fmt: skip
    return ledger.append("merge", body).seq


def _answers(folder: Path) -> tuple[tuple[int, set[int]], tuple[int, set[int]]]:
    return product(folder), stand_alone(folder)


@pytest.mark.parametrize("kind", _GOOD)
def test_a_list_of_its_kind_is_intact(
    kind: str, open_ledger: Open, battery: ModuleType, tmp_path: Path
) -> None:
    _name(open_ledger(), battery, kind, spell(_GOOD[kind]))
    assert _answers(tmp_path) == ((0, set()), (0, set()))


@pytest.mark.parametrize("kind", _GOOD)
@pytest.mark.parametrize("form", _FORMS)
def test_wrong_lines_are_refused_and_named(
    kind: str, form: str, open_ledger: Open, battery: ModuleType, tmp_path: Path
) -> None:
    ledger = open_ledger()
    seq = _name(ledger, battery, kind, _FORMS[form])
    assert _answers(tmp_path) == ((3, {seq}), (3, {seq}))
    ledger.close()
    battery.refuses(tmp_path)


@pytest.mark.parametrize(("kind", "form", "values"), _OF_A_KIND)
def test_another_kind_is_refused_and_named(
    kind: str, form: str, values: list[str], open_ledger: Open, battery: ModuleType,
    tmp_path: Path,
) -> None:  # fmt: skip
    seq = _name(open_ledger(), battery, kind, spell(values))
    assert _answers(tmp_path) == ((3, {seq}), (3, {seq}))


@pytest.mark.parametrize("count", [0, 1, 3, 10**12])
def test_a_wrong_count_is_refused_and_named(
    count: int, open_ledger: Open, battery: ModuleType, tmp_path: Path
) -> None:
    ledger = open_ledger()
    ref = _store(ledger, b'"a"\n"b"\n')
    subject = {**builders.set_subject("set", ref), "count": count}
    body = {**battery.flag("x"), "scope": "set", "subject": subject}
    seq = ledger.append("decision", body).seq
    assert _answers(tmp_path) == ((3, {seq}), (3, {seq}))


@pytest.mark.parametrize("how", ["link", "folder", "pipe", "huge", "gone"])
def test_what_is_no_list_file_keeps_nobody_waiting(
    how: str, open_ledger: Open, battery: ModuleType, tmp_path: Path
) -> None:
    ledger = open_ledger()
    seq = _name(ledger, battery, "accounts", b'"a"\n')
    path = ledger.sets.path(sha256(b'"a"\n'))
    kept = path.rename(tmp_path / "aside")
    if how == "link":
        path.symlink_to(kept)
    elif how == "folder":
        path.mkdir()
    elif how == "pipe":
        os.mkfifo(path)
    elif how == "huge":
        with path.open("wb") as file:
            file.truncate(MAX_FILE_BYTES + 1)
    assert _answers(tmp_path) == ((3, {seq}), (3, {seq}))


def test_lists_of_version_1_are_judged_by_its_rules_and_named(
    open_ledger: Open, battery: ModuleType, tmp_path: Path
) -> None:
    ledger = open_ledger()
    seq = _name(ledger, battery, "accounts", b'"b"\n"a"\n')
    records = [record.fields for record in ledger.records()]
    assert records[seq]["type"] == "decision"
    records[seq] = {**records[seq], "v": 1}
    body = records[seq]["body"]
    records[seq]["body"] = {k: v for k, v in body.items() if k not in ("preview", "stored")}
    ledger.close()
    ledger.path.write_bytes(rechained(records))
    assert _answers(tmp_path) == ((0, set()), (0, set()))
    (told,) = verify(tmp_path).warnings
    assert told.startswith(f"record {seq} (version 1): its list")
    (second,) = BARE.run(str(tmp_path)).found()["notices"]
    assert second.startswith(f"record {seq}: its list")


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(dice=st.randoms(use_true_random=False))
def test_any_policy_is_taken_in(dice: Any, open_ledger: Open, battery: ModuleType) -> None:
    """Deep, with numbers of any length, or no TOML at all: the state goes on, both answer alike."""
    ledger = open_ledger()
    text = random_toml(dice)
    ref = _store(ledger, spell(text.split("\n")))
    digest = sha256(text.encode("utf-8", "surrogatepass"))
    ledger.append("policy", builders.policy(digest, ref, signed=False))
    again = LedgerState(ledger.sets.get)
    for record in ledger.records():
        reducer.apply(again, record.fields)
    ours, theirs = _answers(ledger.path.parent)
    assert ours == theirs
    ledger.close()
    shutil.rmtree(ledger.path.parent / "state-ana")
    open_ledger().close()
    ledger.path.unlink()
    shutil.rmtree(ledger.path.parent / "state-ana")


@pytest.mark.parametrize("place", ["nowhere", "folder", "file"])
def test_what_is_neither_case_nor_ledger_is_wrong_usage(place: str, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_text("schema = 1\n")
    answer = plain_run(str(tmp_path / place))
    assert (answer.code, answer.out) == (2, "")
    assert re.search(r"(neither|There is no).*Give a case folder", answer.err)
    assert "Traceback" not in answer.err


def test_a_case_in_which_nothing_was_recorded_is_empty(tmp_path: Path) -> None:
    (tmp_path / "case.toml").touch()
    found = plain_run(str(tmp_path)).found()
    assert (found["ok"], found["empty"], found["records"]) == (True, True, 0)
    assert plain_run("/etc").code == 2


@pytest.mark.parametrize("word", ["--help", "-h"])
def test_the_stand_alone_explains_itself(word: str) -> None:
    answer = plain_run(word)
    assert answer.code == 0
    assert "FOLDER|audit.jsonl" in answer.out
