"""What a dishonest insider tries who may write: both verifiers tell, and the state holds out."""

from __future__ import annotations

import json
import secrets
import shutil
import subprocess
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from workbench.audit import signing
from workbench.audit.canonical import seal, sha256
from workbench.audit.identity import Who
from workbench.audit.ledger import Ledger
from workbench.audit.merkle import Tree


def forged(like: dict[str, Any], kind: str, body: dict[str, Any], seq: int, prev: str) -> bytes:
    """An unsigned line by a tool that writes what it likes."""
    fields = {name: value for name, value in like.items() if name != "h"}
    who = {**fields["who"], "key": ""}
    seen = {"size": 0, "root": Tree().root().hex()}
    fields |= {"id": secrets.token_hex(16), "type": kind, "body": body, "seq": seq, "prev": prev}
    return seal({**fields, "who": who, "seen": seen, "sig": ""})


def accounted(off: int, line: bytes) -> dict[str, Any]:
    """The body of a recovery that accounts for a line that does not follow."""
    found = {"what": "chain", "off": off, "len": len(line) - 1, "sha256": sha256(line[:-1])}
    return {"kind": "forced", "reason": "disk trouble", "ranges": [found]}


@pytest.mark.skipif(shutil.which("ssh-keygen") is None, reason="needs ssh-keygen")
@pytest.mark.parametrize("back_to", [2, 3, 5])
def test_numbers_that_come_again_excuse_no_missing_signature(
    battery: ModuleType, tmp_path: Path, back_to: int
) -> None:
    key = tmp_path / "ana"
    words = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)]
    subprocess.run(words, check=True)
    ledger: Ledger = battery.open_ledger(tmp_path)
    ledger.who = Who("ana", 1001, "bench-1", signing.key_fingerprint(key))
    ledger.sign = partial(signing.sign_record, key=key)
    ledger.append("note", battery.comment("before"))
    ledger.append("policy", battery.policy_body(ledger, "signed = true\n"))
    last = [ledger.append("note", battery.comment(f"after {n}")) for n in range(3)][-1]
    ledger.close()
    assert battery.judge(tmp_path).ok
    whole = ledger.path.read_bytes()
    line = forged(last.fields, "decision", battery.flag("victim"), back_to, last.h)
    body = accounted(len(whole), line)
    closing = forged(last.fields, "recovery", body, back_to + 1, json.loads(line)["h"])
    ledger.path.write_bytes(whole + line + closing)
    report = battery.judge(tmp_path)
    assert report.problems == [f"record {back_to}: is not signed, as the policy demands"]
    assert "disk trouble" in report.recovered[0]
