"""A self-contained proof that one record stands in a ledger: `wb-proof/1`, one JSON file.

It holds the line, its path to the root, the checkpoint note and signature that fix the root, and
the lists that the record names: who has it needs neither the ledger nor this program.
"""

from __future__ import annotations

import json
from pathlib import Path

from workbench.audit.errors import DamagedError, LedgerError
from workbench.audit.log.checkpoint import Checkpoint, note_folder, origin_of, read_note
from workbench.audit.log.merkle import check_inclusion, leaf_hash
from workbench.audit.log.reader import LedgerReader, Record
from workbench.audit.records.account_sets import read_ordinary
from workbench.audit.records.canonical_json import Fields, canonical, sha256
from workbench.audit.records.schema import references

FORMAT = "wb-proof/1"


def export_proof(ledger: LedgerReader, record_id: str) -> Fields:
    """The proof of one record under the newest checkpoint that covers it, or the head without one.

    Raises LedgerError where the ledger has no such record of its own, or is damaged.
    """
    record = ledger.record(record_id)
    if ledger.problems or record is None or record.offset < 0:
        why = str(ledger.problems[0]) if ledger.problems else "it has no such record of its own"
        raise LedgerError(f"No proof of {record_id}: {why}.", title="Not exported")
    line = canonical(record.fields)
    index = ledger.line_index(record)
    checkpoint, note, signature = _covering(ledger, index)
    path = ledger.tree.inclusion(index, checkpoint.size)
    return {
        "format": FORMAT,
        "case": ledger.case_id,
        "line": line.decode("ascii"),
        "index": index,
        "size": checkpoint.size,
        "root": checkpoint.root,
        "path": [step.hex() for step in path],
        "note": note,
        "note_sig": signature,
        "sets": {
            digest: ledger.sets.text(digest) for digest, _ in references(record.fields["body"])
        },
    }


def _covering(ledger: LedgerReader, index: int) -> tuple[Checkpoint, str, str]:
    folder = note_folder(ledger.path)
    for body in reversed(ledger.state.checkpoints):
        if body["size"] <= index:
            continue
        note = _stored(folder / body["note"], body["note_sha256"])
        signed = folder / (body["note"] + ".sig")
        signature = _stored(signed, body["sig_sha256"]) if body["sig_sha256"] else b""
        return read_note(note), note.decode("utf-8"), signature.decode("ascii")
    head = ledger.head
    checkpoint = Checkpoint(origin_of(ledger.case_id), head.size, head.root)
    return checkpoint, checkpoint.note().decode("utf-8"), ""


def _stored(path: Path, digest: str) -> bytes:
    data = read_ordinary(path)
    if sha256(data) != digest:  # a link to elsewhere would take foreign text along
        raise DamagedError(f"{path.name} is not the file that the ledger names.")
    return data


def write_proof(ledger: LedgerReader, record_id: str, target: Path) -> Record:
    """Write the proof of one record to a new file; raises LedgerError where that fails."""
    proof = export_proof(ledger, record_id)
    try:
        with target.open("x", encoding="ascii") as file:
            json.dump(proof, file, indent=1, sort_keys=True)
            file.write("\n")
    except OSError as error:
        raise LedgerError(
            f"{target.name} could not be written: {error.strerror}.", title="Not exported"
        ) from error
    found = ledger.record(record_id)
    assert found is not None
    return found


def holds(proof: Fields) -> bool:
    """Whether the path of a proof leads from its line to its root."""
    try:
        path = [bytes.fromhex(step) for step in proof["path"]]
        leaf = leaf_hash(proof["line"].encode("ascii"))
        root = bytes.fromhex(proof["root"])
        return check_inclusion(proof["index"], proof["size"], leaf, path, root)
    except (KeyError, TypeError, ValueError, AttributeError):
        return False
