"""The files of audit.d: are those that records name there and whole, and do notes agree?"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from workbench.audit.errors import LedgerError
from workbench.audit.log.chain import Chain
from workbench.audit.log.checkpoint import mismatch, note_folder, read_note, stored_notes
from workbench.audit.records.account_sets import SetFolder, read_ordinary
from workbench.audit.records.canonical_json import Fields, sha256


@dataclass(frozen=True, slots=True)
class Attachments:
    """The sets and notes of one ledger; `accepted` are losses a recovery accounts for."""

    path: Path
    sets: Mapping[str, int]
    checkpoints: Iterable[Fields]
    accepted: Collection[str]

    def lost(self) -> dict[str, str]:
        """Files that records name, gone or changed: expected SHA-256 to what is wrong."""
        wrong: dict[str, str] = {}
        folder = SetFolder(self.path)
        for digest, count in self.sets.items():
            if digest not in self.accepted and (message := folder.check(digest, count)):
                wrong[digest] = message
        notes = note_folder(self.path)
        for note in self.checkpoints:
            for suffix, name in (("", "note_sha256"), (".sig", "sig_sha256")):
                expected, path = note[name], notes / (note["note"] + suffix)
                if not expected or expected in self.accepted:
                    continue
                try:
                    found = sha256(read_ordinary(path))
                except OSError:
                    found = ""
                if found != expected:
                    wrong[expected] = f"the checkpoint file {path.name} is gone or changed"
        return wrong

    def contradicted(self, chain: Chain, case_id: str) -> dict[str, str]:
        """Notes beside the ledger that no longer fit it: SHA-256 of the note to what is wrong.

        After damage that was accounted for, older notes cannot fit; they are left out.
        """
        wrong: dict[str, str] = {}
        for name, data in stored_notes(self.path):
            digest = sha256(data)
            if digest in self.accepted:
                continue
            try:
                checkpoint = read_note(data)
            except LedgerError:
                continue  # where a record names it, `lost` has said so
            broken = chain.excuses(checkpoint.size) and checkpoint.size <= chain.tree.size
            if not broken and (message := mismatch(checkpoint, chain.tree, case_id)):
                wrong[digest] = f"{message} ({name})"
        return wrong
