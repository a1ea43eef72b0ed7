"""Forgeries that fit together: records changed as their schema allows, every hash made anew.

A forger who may write can make any chain whole. What such a ledger is worth depends on rules that
both verifiers hold apart from each other: whatever is changed, they must say the same.
"""

from __future__ import annotations

import base64
import copy
import json
import random
import struct
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from unittest import mock

from tests.batteries.ledger_building import (
    comment,
    fill,
    flag,
    judge,
    open_ledger,
    policy_body,
    rests_on,
    without_ssh_keygen,
)
from workbench.audit.errors import MalformedError
from workbench.audit.log.append import Ledger, Who
from workbench.audit.log.merge import merge, other_ledger
from workbench.audit.log.merkle import Tree, leaf_hash
from workbench.audit.log.transfer import export_record, import_record
from workbench.audit.records.canonical_json import Fields, seal
from workbench.audit.records.ssh_signatures import fingerprint
from workbench.audit.state import builders
from workbench.audit.state.state import LedgerState

Path_ = tuple[str | int, ...]


def _string(data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + data


def fake_key(name: str) -> tuple[str, Callable[[bytes], str]]:
    """A public key line, and what makes signatures that name the key; none of them holds."""
    blob = _string(b"ssh-ed25519") + _string(name.encode().ljust(32, b"."))
    told = b"SSHSIG" + struct.pack(">I", 1) + _string(blob) + _string(b"wb-audit@v1")
    line = f"ssh-ed25519 {base64.b64encode(blob).decode()} {name}"
    return line, lambda _: base64.b64encode(told).decode()


def _sit(ledger: Ledger, name: str, uid: int) -> Ledger:
    line, ledger.sign = fake_key(name)
    ledger.who = Who(name, uid, "bench-1", fingerprint(line))
    return ledger


def _enrol(ledger: Ledger, name: str, before: int | None = None) -> None:
    line, _ = fake_key(name)
    ledger.append(
        "key",
        builders.key("add", name, line, fingerprint(line), alone="no colleague", before=before),
    )


def build(folder: Path) -> bytes:
    """A ledger with records of most types, signed and not; returns its bytes.

    No checkpoint is among them: beside one no change before it would fit.
    """
    ledger = _sit(open_ledger(folder), "ana", 1001)
    fill(ledger, 4)
    _enrol(ledger, "ana")
    _enrol(ledger, "bo", before=2**52)
    ledger.append("policy", policy_body(ledger, "signed = true\n"))
    ledger.append("decision", flag("acct-1", rests_on(ledger, "one", "two")))
    _travelled(folder, ledger)
    _merged(folder, ledger)
    _, _, gone = fake_key("bo")[0].split()
    revocation = builders.key("revoke", gone, "", fingerprint(fake_key("bo")[0]), waits=True)
    asked = ledger.append("key", revocation)
    _sit(ledger, "bo", 1002).append("countersign", builders.countersign(asked.id, revocation))
    loose = policy_body(ledger, "signed = false\n[two_people]\naccounts_over = 9\n")
    _sit(ledger, "ana", 1001).append("policy", {**loose, "alone": "bo is gone"})
    ledger.append("note", comment("the last"))
    ledger.close()
    return (folder / "audit.jsonl").read_bytes()


def _travelled(folder: Path, ledger: Ledger) -> None:
    away = folder / "away"
    away.mkdir()
    other = _sit(open_ledger(away, "bo", 1002), "bo", 1002)
    made = other.append("proposal", builders.proposal(flag("acct-9")))
    export_record(other, made.id, away / "travel")
    import_record(ledger, away / "travel")
    other.close()


def _merged(folder: Path, ledger: Ledger) -> None:
    away = folder / "merged"
    away.mkdir()
    other = _sit(open_ledger(away, "bo", 1002), "bo", 1002)
    other.append("decision", flag("acct-7"))
    other.append("note", comment("from elsewhere"))
    merge(ledger, other_ledger(other.path, ledger.case_id, away / "state"), "joined")
    other.close()


def rechained(
    records: list[Fields], fit: Callable[[Fields, Tree], None] = lambda fields, tree: None
) -> bytes:
    """The lines of these records with number, link, hash and what was seen made to fit.

    `fit` may make the rest of a record fit the lines before it.
    """
    prev, data, tree = "0" * 64, b"", Tree()
    for seq, record in enumerate(records):
        fields = {**record, "seq": seq, "prev": prev}
        fields.pop("h", None)
        size = min(fields["seen"]["size"], tree.size)
        fields["seen"] = {"size": size, "root": tree.root(size).hex()}
        fit(fields, tree)
        line = seal(fields)
        prev = json.loads(line)["h"]
        tree.append(leaf_hash(line[:-1]))
        data += line
    return data


def _leaves(value: Any, path: Path_ = ()) -> Iterator[Path_]:
    if isinstance(value, dict):
        for key in value:
            yield from _leaves(value[key], (*path, key))
    elif isinstance(value, list) and value:
        for at, inner in enumerate(value):
            yield from _leaves(inner, (*path, at))
    else:
        yield path


def _at(value: Any, path: Path_) -> Any:
    for step in path:
        value = value[step]
    return value


def change(records: list[Fields], dice: random.Random) -> None:
    """One change somewhere: a record moved, or one value of one replaced by a likely other."""
    act, one = dice.randrange(8), dice.randrange(len(records))
    if act == 0:
        del records[one]
    elif act == 1:
        records.insert(dice.randrange(len(records)), copy.deepcopy(records[one]))
    elif act == 2:
        records.insert(dice.randrange(len(records)), records.pop(one))
    else:
        record = records[one]
        path = dice.choice([p for p in _leaves(record) if p[0] not in ("h", "prev", "seq", "v")])
        old, donor = _at(record, path), dice.choice(records)
        likely: list[Any] = [not old] if isinstance(old, bool) else []
        if type(old) is int:
            likely = [0, old + 1, max(0, old - 1), 2**53, None]
        elif old is None or isinstance(old, str):
            likely = ["", None, 0, "ana", "bo", donor["id"], donor["type"], donor["sig"]]
        likely += [_at(donor, path)] if path in set(_leaves(donor)) else []
        _at(record, path[:-1])[path[-1]] = dice.choice(likely or [old])


def forgeries(folder: Path, count: int) -> str:
    """So many ledgers with one to three such changes; both verifiers answer, and alike."""
    with mock.patch.object(LedgerState, "refuses", return_value=""):
        whole = build(folder)
    with without_ssh_keygen():
        return _forged(folder, whole, count)


def _forged(folder: Path, whole: bytes, count: int) -> str:
    assert judge(folder).ok
    lines = whole.splitlines()
    path, dice = folder / "audit.jsonl", random.Random(8)
    tried = intact = 0
    while tried < count:
        records: list[Fields] = [json.loads(line) for line in lines]
        for _ in range(dice.choice((1, 1, 2, 3))):
            change(records, dice)
        try:
            path.write_bytes(rechained(records))
        except (MalformedError, TypeError):
            continue
        intact += judge(folder).ok
        tried += 1
    return f"{count} forged chains: both verifiers answered, and alike ({intact} fit together)"
