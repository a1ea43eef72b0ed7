"""Shared by the ledger's tests: the battery as a module, and one example of every record body."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from workbench.audit.log.append import Ledger
from workbench.audit.records.account_sets import SetRef
from workbench.audit.records.schema import BODIES_OF
from workbench.audit.state import builders

_BATTERY = Path(__file__).parents[1] / "batteries" / "ledger_battery.py"


def _load() -> ModuleType:
    spec = importlib.util.spec_from_file_location("ledger_battery", _BATTERY)
    assert spec is not None
    assert spec.loader is not None
    sys.path.insert(0, str(_BATTERY.parents[2]))
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def battery() -> ModuleType:
    """The functions of the full battery."""
    return _load()


@pytest.fixture
def open_ledger(battery: ModuleType, tmp_path: Path) -> Callable[..., Ledger]:
    """Opens the ledger of this test's case folder: `open_ledger("ana", 1001)`."""

    def opened(name: str = "ana", uid: int = 1001, **more: Any) -> Ledger:
        ledger: Ledger = battery.open_ledger(tmp_path, name, uid, **more)
        return ledger

    return opened


def _evidence() -> dict[str, Any]:
    return builders.evidence(
        query="money/shared-card",
        rev=3,
        sha256="ab" * 32,
        params={"n": 5, "card": "c-1", "ids": SetRef("cd" * 32, 9), "none": None, "yes": True},
        generation=2,
        sources=["ef" * 32],
        result_sha256="01" * 32,
        rows=12,
        ledger_head="23" * 32,
        trust="shipped",
    )


def examples() -> dict[str, dict[str, Any]]:
    """One well-formed body of every type."""
    some = SetRef("cd" * 32, 9)
    found = builders.sample_result(20, 100, 1, 0.01, 0.2)
    decision = builders.decision(
        verdict="flag",
        subject=builders.set_subject("cluster", some, "k-1"),
        reason="R-MULTI",
        counter="none-found",
        expires=1_700_000_000_000_000,
        evidence=[_evidence()],
        sample=found,
        preview=builders.preview(["a", "b"], flagged=1, cleared=0),
        stored=builders.stored(["a", "b"], generation=2, analysis=1),
    )
    range_ = {"what": "torn", "off": 1, "len": 2, "sha256": "ab" * 32}
    who = {"name": "cy", "uid": 3, "host": "h", "key": ""}
    origin = {"case": "c", "id": "ab" * 16, "who": who, "ts": 1, "line": some.as_field()}
    stratum = {"name": "free", "total": 9, "drawn": 3}
    return {
        "open": {"case": "c0ffee", "format": "wb-audit/1"},
        "decision": decision,
        "proposal": builders.proposal(decision, origin),
        "countersign": builders.countersign("ab" * 16, decision, origin=origin),
        "reversal": builders.reversal("ab" * 16, "C-OTHER", "wrong account"),
        "note": builders.note("claim", "cluster", "k-1"),
        "list_edit": builders.list_edit("add", "ip", "10.0.0.1", "hub", "office"),
        "campaign_edit": builders.campaign_edit("merge", "c-1", others=["c-2"], members=some),
        "sample": {
            "subject": builders.set_subject("set", some), "seed": "7", "drawn": some.as_field(),
            "level": "0.95", "method": "wilson", "strata": [stratum], "result": found,
        },
        "export": builders.export(
            "sql", "csv", "o.csv", rows=3, columns=["a"], evidence=_evidence()
        ),
        "clipboard": builders.clipboard("ids", "account", rows=1, chars=6, sha256="ab" * 32),
        "reveal": builders.reveal("email", "account", "acct-1", reason="to call them"),
        "report": builders.report("cluster", "k-1", "packet", files=5),
        "policy": builders.policy("ab" * 32, some, signed=False),
        "key": builders.key("add", "ana", "ssh-ed25519 AAAA", "SHA256:x", after=1),
        "checkpoint": {"size": 3, "root": "ab" * 32, "note": "3-abc.note",
                       "note_sha256": "ab" * 32, "sig_sha256": ""},
        "merge": {"case": "c0ffee", "size": 3, "root": "ab" * 32, "lines": some.as_field(),
                  "conflicts": None, "disputes": some.as_field(), "reason": ""},
        "resolve": builders.resolve("ab" * 16, answer="agree"),
        "hit": builders.hit(
            {"record": "ab" * 16, "family": "ip", "value": "10.0.0.1", "role": "watch"}, some,
            generation=2, evidence=_evidence(),
        ),
        "pin": builders.pin(
            "account", "acct-1", "its cards", columns=["a"], cells=some, evidence=_evidence()
        ),
        "recovery": {"kind": "forced", "reason": "disk", "ranges": [range_]},
    }  # fmt: skip


_NEW = ("trust", "analysis", "engine", "snapshot", "masked", "preview", "stored", "alone", "waits",
        "disputes")  # fmt: skip


def _older(value: Any) -> Any:
    """A body of version 2 without what version 1 does not know."""
    if isinstance(value, dict):
        return {key: _older(inner) for key, inner in value.items() if key not in _NEW}
    return list(map(_older, value)) if isinstance(value, list) else value


def examples_of(version: int) -> dict[str, dict[str, Any]]:
    """One well-formed body of every type that a version has."""
    found = examples()
    if version == 1:
        found = {kind: _older(body) for kind, body in found.items() if kind in BODIES_OF[1]}
        del found["key"]["reason"]
    return found


@pytest.fixture(scope="session")
def example_bodies() -> dict[str, dict[str, Any]]:
    """One well-formed body of every type."""
    return examples()
