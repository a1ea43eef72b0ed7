"""Signatures that must not hold: of an edited or another record, expired, revoked, replayed."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from tests.batteries.ledger_building import CASE, flag, judge, open_ledger
from workbench.audit.log.append import Ledger
from workbench.audit.log.verify import Report, verify
from workbench.audit.records import ssh_signatures
from workbench.audit.records.canonical_json import seal
from workbench.audit.records.identity import Who

Lines = list[dict[str, Any]]


def _key(folder: Path, name: str) -> Path:
    path = folder / name
    subprocess.run(
        ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", str(path)], check=True
    )
    return path


def _signed(folder: Path, key: Path, count: int) -> Ledger:
    ledger = open_ledger(folder)
    ledger.who = Who("ana", 1001, "bench-1", ssh_signatures.key_fingerprint(key))
    ledger.sign = partial(ssh_signatures.sign_record, key=key)
    for number in range(count):
        ledger.append("decision", flag(f"acct-{number}"))
    return ledger


def _rechained(lines: Lines) -> bytes:
    """The lines as a forger who may write would leave them: every hash fits again."""
    from workbench.audit.log.merkle import Tree, leaf_hash

    prev, data, tree = "0" * 64, b"", Tree()
    for seq, fields in enumerate(lines):
        fields = {**fields, "seq": seq, "prev": prev}
        fields.pop("h", None)
        fields["seen"] = {"size": tree.size, "root": tree.root().hex()}
        line = seal(fields)
        prev = json.loads(line)["h"]
        tree.append(leaf_hash(line[:-1]))
        data += line
    return data


def _wrong(report: Report, seq: int, words: str) -> None:
    assert any(problem.startswith(f"record {seq}: {words}") for problem in report.problems), (
        seq, words, report.problems,
    )  # fmt: skip


def signatures(folder: Path) -> str:
    """Each forgery on a copy of a signed ledger; the honest one verifies."""
    if shutil.which("ssh-keygen") is None:
        return "not run: ssh-keygen is absent"
    key, other = _key(folder, "ana"), _key(folder, "eve")
    _signed(folder, key, 4).close()
    public = (folder / "ana.pub").read_text().split()[:2]
    signers = folder / "signers"

    def allow(options: str = f'namespaces="{ssh_signatures.NAMESPACE}"', keys: str = "") -> Path:
        signers.write_text(f"ana@team {options} {' '.join(public)}\n{keys}")
        return signers

    path = folder / "audit.jsonl"
    honest = path.read_bytes()
    lines: Lines = [json.loads(line) for line in honest.splitlines()]
    assert verify(folder, signers=allow()).ok
    # The place of a record is not signed; its text, its id and what its writer had seen are.
    forgeries: dict[str, Callable[[Lines], None]] = {
        "edited": lambda found: found[2]["body"].update(reason="R-OTHER"),
        "another id": lambda found: found[2].update(id="ab" * 16),
        "another record's": lambda found: found[2].update(sig=found[3]["sig"]),
        "another key's": lambda found: found[2].update(
            sig=ssh_signatures.sign_record(ssh_signatures.signed_part(found[2], CASE), other)
        ),
    }
    for forge in forgeries.values():
        changed: Lines = json.loads(json.dumps(lines))
        forge(changed)
        path.write_bytes(_rechained(changed))
        report = verify(folder, signers=allow())
        assert not report.ok
        assert any("record 2: " in problem for problem in report.problems), report.problems
    replayed: Lines = json.loads(json.dumps(lines))
    path.write_bytes(_rechained([*replayed, replayed[2]]))
    assert any("repeats the id" in one for one in judge(folder).problems)
    path.write_bytes(honest)
    for options in (
        'namespaces="git"',
        f'namespaces="{ssh_signatures.NAMESPACE}",valid-before="20200101Z"',
    ):
        _wrong(verify(folder, signers=allow(options)), 1, "has a signature that does not hold")
    revoked = folder / "revoked"
    revoked.write_text(f"{' '.join(public)}\n")
    _wrong(
        verify(folder, signers=allow(), revoked=revoked), 1, "has a signature that does not hold"
    )
    assert verify(folder, signers=allow(), revoked=folder / "eve.pub").ok
    assert judge(folder).ok
    kinds = [*forgeries, "replayed", "another namespace", "expired", "revoked"]
    return f"{len(kinds)} forgeries found: {', '.join(kinds)}"
