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
                  "conflicts": None, "reason": ""},
        "recovery": {"kind": "forced", "reason": "disk", "ranges": [range_]},
    }  # fmt: skip


@pytest.fixture(scope="session")
def example_bodies() -> dict[str, dict[str, Any]]:
    """One well-formed body of every type."""
    return examples()
