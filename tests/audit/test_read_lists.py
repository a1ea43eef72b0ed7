"""Lists that verification reads, made by somebody else: both verifiers judge them alike."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from workbench.audit.log.append import Ledger
from workbench.audit.records.account_sets import SetFolder, SetRef, durable_write, spell
from workbench.audit.records.canonical_json import sha256
from workbench.audit.state import builders
from workbench.audit.state.state import LedgerState

Open = Callable[..., Ledger]
_DEEP = "x = " + "[" * 100_000
_NO_LISTS = {
    "no JSON": b"hello\n",
    "not texts": b"5\n",
    "another spelling": b'"\\u0041"\n',
    "white space": b' "A"\n',
    "no line feed at the end": b'"A"\n"B"',
    "a control character": b'"A\x0bB"\n',
    "very deep": b"[" * 100_000 + b"\n",
    "not ASCII": '"ü"\n'.encode(),
}


def _store(ledger: Ledger, data: bytes) -> SetRef:
    digest = sha256(data)
    durable_write(ledger.sets.path(digest), data, 0o600)
    return SetRef(digest, data.count(b"\n"))


def _merge(ledger: Ledger, lines: SetRef) -> dict[str, Any]:
    root = "ab" * 32
    return {"case": ledger.case_id, "size": 1, "root": root, "lines": lines.as_field(),
            "conflicts": None, "disputes": None, "reason": ""}  # fmt: skip


@pytest.fixture(autouse=True)
def dishonest(monkeypatch: pytest.MonkeyPatch) -> None:
    """An honest program would not name such lists."""
    monkeypatch.setattr(LedgerState, "refuses", lambda *_: "")
    monkeypatch.setattr(SetFolder, "unfit", lambda *_: "")


@pytest.mark.parametrize("data", _NO_LISTS.values(), ids=_NO_LISTS.keys())
def test_lines_brought_in_a_file_that_is_no_list_are_refused(
    data: bytes, open_ledger: Open, battery: ModuleType, tmp_path: Path
) -> None:
    ledger = open_ledger()
    ledger.append("merge", _merge(ledger, _store(ledger, data)))
    assert not battery.judge(tmp_path).ok


@pytest.mark.parametrize("data", _NO_LISTS.values(), ids=_NO_LISTS.keys())
def test_a_policy_in_a_file_that_is_no_list_is_refused(
    data: bytes, open_ledger: Open, battery: ModuleType, tmp_path: Path
) -> None:
    ledger = open_ledger()
    text = _store(ledger, data)
    ledger.append("policy", builders.policy(sha256(b"A"), text, signed=False))
    assert not battery.judge(tmp_path).ok


@pytest.mark.parametrize(
    ("lines", "sha", "signed", "ok"),
    [
        ([], sha256(b""), False, True),
        ([], sha256(b"another"), False, False),
        ([], sha256(b""), True, False),
        ([""], sha256(b""), False, True),
        (["signed = true"], sha256(b"signed = true"), True, True),
        (["signed = true"], sha256(b"signed = true"), False, False),
        ([_DEEP], sha256(_DEEP.encode()), False, False),
    ],
)
def test_a_policy_is_what_its_text_says(
    lines: list[str], sha: str, signed: bool, ok: bool,
    open_ledger: Open, battery: ModuleType, tmp_path: Path,
) -> None:  # fmt: skip
    ledger = open_ledger()
    text = _store(ledger, spell(lines))
    ledger.append("policy", builders.policy(sha, text, signed=signed))
    assert battery.judge(tmp_path).ok is ok
