"""The short form of the battery; `python -m tests.batteries.ledger_battery` runs it in full."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from workbench.audit.log.append import Ledger
from workbench.audit.log.verify import verify


@pytest.mark.parametrize(
    "name",
    ["flips", "edits", "torn", "kills", "crowd", "full", "replaced", "bytes", "forgeries",
     "refusals", "signatures", pytest.param("benches", marks=pytest.mark.terminal)],
)  # fmt: skip
def test_short_form(name: str, battery: ModuleType) -> None:
    assert battery.run(name, short=True)


def test_the_second_verifier_needs_nothing_but_python(
    battery: ModuleType, tmp_path: Path, open_ledger: Callable[..., Ledger]
) -> None:
    ledger = open_ledger()
    battery.fill(ledger, 12, notes_every=5)
    ledger.close()

    def run(*words: str) -> tuple[int, dict[str, object]]:
        answer = battery.plain_run(*words)
        return answer.code, json.loads(answer.out or "{}")

    code, found = run(str(tmp_path))
    assert (code, found["root"]) == (0, verify(tmp_path).root)
    assert run()[0] == 2
    path = tmp_path / "audit.jsonl"
    path.write_bytes(path.read_bytes()[:-300])
    note = next((tmp_path / "audit.d" / "checkpoints").glob("*.note"))
    assert run(str(path), "--checkpoint", str(note))[0] == 0
    path.write_bytes(path.read_bytes()[:500])
    assert run(str(path), "--checkpoint", str(note))[0] == 3
