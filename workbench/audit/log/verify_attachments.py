"""The files of audit.d: are those that records name there and whole, and do notes agree?"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from workbench.audit.errors import LedgerError
from workbench.audit.log.chain import Chain
from workbench.audit.log.checkpoint import mismatch, note_folder, read_note, stored_notes
from workbench.audit.records.account_sets import SetFolder, open_ordinary
from workbench.audit.records.canonical_json import Fields, sha256
from workbench.audit.records.list_contents import checked

Kinds = Mapping[str, Collection[str]]


class Loss(NamedTuple):
    """What is wrong with a file; `kind` where it is whole, but no list of that kind."""

    message: str
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Attachments:
    """The sets and notes of one ledger; `accepted` are losses a recovery accounts for.

    `kinds` are those that records of version 2 say of their lists, `loose` those of version 1,
    which only name what no list of today may be.
    """

    path: Path
    sets: Mapping[str, int]
    kinds: Kinds
    checkpoints: Iterable[Fields]
    accepted: Collection[str]
    loose: Kinds = field(default_factory=dict)
    older: dict[str, Loss] = field(default_factory=dict)

    def lost(self) -> dict[str, Loss]:
        """Files that records name, gone or changed or no such list, by the expected SHA-256.

        What only records of version 1 name and those of today could not goes to `older`.
        """
        wrong = {
            digest: loss
            for digest, count in self.sets.items()
            if digest not in self.accepted and (loss := self._unfit(digest, count))
        }
        notes = note_folder(self.path)
        for note in self.checkpoints:
            for suffix, name in (("", "note_sha256"), (".sig", "sig_sha256")):
                expected, path = note[name], notes / (note["note"] + suffix)
                if not expected or expected in self.accepted:
                    continue
                try:
                    with open_ordinary(path) as file:
                        found = checked(file, ())[0]
                except OSError:
                    found = ""
                if found != expected:
                    wrong[expected] = Loss(f"the checkpoint file {path.name} is gone or changed")
        return wrong

    def _unfit(self, digest: str, count: int) -> Loss | None:
        strict, loose = self.kinds.get(digest, ()), self.loose.get(digest, ())
        lost, check = SetFolder(self.path).check(digest, count, {*strict, *loose})
        if lost:
            return Loss(lost)
        for kind in sorted(loose):
            if kind not in strict and check.why(kind):
                self.older[digest] = Loss(f"its list {digest[:12]}…: {check.why(kind)}", kind)
        for kind in sorted(strict):
            if check.why(kind):
                return Loss(f"its list {digest[:12]}…: {check.why(kind)}", kind)
        return None

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
