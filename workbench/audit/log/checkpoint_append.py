"""Makes a checkpoint of an open ledger: the note, its signature, and the record that names both."""

from __future__ import annotations

from pathlib import Path

from workbench.audit.errors import DamagedError, LedgerError
from workbench.audit.log.append import Ledger
from workbench.audit.log.checkpoint import Checkpoint, note_folder, origin_of
from workbench.audit.records.account_sets import durable_write
from workbench.audit.records.canonical_json import sha256
from workbench.audit.records.ssh_signatures import sign


def make_checkpoint(ledger: Ledger, *, key: Path | None = None) -> tuple[Checkpoint, Path]:
    """Write a checkpoint of the whole ledger; returns it and the path of its note.

    With `key` the note is signed (`<note>.sig` beside it). Raises LedgerError where the ledger is
    empty or damaged, or the key does not sign.
    """
    head = ledger.refresh()
    if ledger.problems:
        raise DamagedError(str(ledger.problems[0]))
    if not head.size:
        raise LedgerError("There is no record yet to make a checkpoint of.", title="No checkpoint")
    checkpoint = Checkpoint(origin_of(ledger.case_id), head.size, head.root)
    note = checkpoint.note()
    signature = sign(note, key) if key is not None else b""
    name = f"{head.size}-{sha256(note + signature)[:12]}.note"
    path = note_folder(ledger.path) / name
    try:
        if signature:
            durable_write(path.with_name(name + ".sig"), signature, ledger.file_mode())
        durable_write(path, note, ledger.file_mode())
    except OSError as error:
        raise LedgerError(f"The checkpoint could not be written: {error.strerror}.") from error
    ledger.append(
        "checkpoint",
        {
            "size": head.size,
            "root": head.root,
            "note": name,
            "note_sha256": sha256(note),
            "sig_sha256": sha256(signature) if signature else "",
        },
        seen=head,
    )
    return checkpoint, path
