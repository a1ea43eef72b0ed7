"""Two ledgers of one case joined: what the other has and this one lacks, as one record."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from workbench.audit.errors import LedgerError
from workbench.audit.log.append import Ledger, Record
from workbench.audit.log.reader import LedgerReader
from workbench.audit.log.witness import Witness
from workbench.audit.records.canonical_json import Fields, canonical
from workbench.audit.records.entries import read_record
from workbench.audit.records.schema import references

_STAY = frozenset(("open", "recovery", "checkpoint", "merge", "policy", "key"))


@dataclass(frozen=True, slots=True)
class Merge:
    """What a merge brought: its record (None where nothing was new), how many, which conflicts.

    `conflicts` are accounts decided differently, `disputes` proposals that were answered so.
    """

    record: Record | None
    records: int
    conflicts: list[str]
    disputes: list[str]


def _refused(message: str, hint: str = "") -> LedgerError:
    return LedgerError(message, title="Not merged", hint=hint)


def merge(ledger: Ledger, other: LedgerReader, reason: str = "") -> Merge:
    """Bring the records of another ledger of the same case into this one, as one record.

    Where the two decide differently on an account, ours stays in force and the account is a
    conflict until somebody decides it anew. Where they answered one proposal in opposite ways, it
    is in dispute on both sides until somebody resolves it by a record. Raises LedgerError where
    either is damaged, the cases differ, or the two hold different records under one id.
    """
    if ledger.case_id != other.case_id:
        raise _refused("The two ledgers are of different cases.")
    ledger.refresh()
    for side in (ledger, other):
        if side.problems:
            raise _refused(f"{side.path} is damaged: {side.problems[0]}.")
    ours = _hashes(ledger)
    lines, sets = _foreign_lines(other, ours)
    if not lines:
        return Merge(None, 0, [], [])
    disputes = _disputes(ledger, other, ours.keys(), _hashes(other).keys())
    for digest in sets:
        ledger.put_list(other.sets.get(digest))
    conflicts = _conflicts(ledger, other)
    body = {
        "case": other.case_id,
        "size": other.head.size,
        "root": other.head.root,
        "lines": ledger.put_list(lines).as_field(),
        "conflicts": ledger.put_set(conflicts).as_field() if conflicts else None,
        "disputes": ledger.put_set(disputes).as_field() if disputes else None,
        "reason": reason,
    }
    return Merge(ledger.append("merge", body), len(lines), conflicts, disputes)


def _hashes(ledger: LedgerReader) -> dict[str, str]:
    """The hash of every record that a ledger has, itself or by a merge, by id."""
    found: dict[str, str] = {}
    for record in ledger.records():
        found.setdefault(record.id, record.h)
        if record.fields["type"] == "merge":
            for line in ledger.sets.get(record.fields["body"]["lines"]["set"]):
                fields = read_record(line.encode("ascii"))
                found.setdefault(fields["id"], fields["h"])
    return found


def _foreign_lines(other: LedgerReader, ours: dict[str, str]) -> tuple[list[str], list[str]]:
    lines: list[str] = []
    sets: list[str] = []
    met: set[str] = set()

    def bring(fields: Fields) -> None:
        if fields["id"] in met:
            return
        met.add(fields["id"])
        known = ours.get(fields["id"])
        if known == fields["h"]:
            return
        if known is not None:
            raise _refused(
                f"The two ledgers hold different records under the id {fields['id']}; one of them "
                "is forged.",
                hint=f"Look at both: workbench audit show CASE --id {fields['id']}",
            )
        if fields["type"] == "merge":
            for line in other.sets.get(fields["body"]["lines"]["set"]):
                bring(read_record(line.encode("ascii")))
        elif fields["type"] not in _STAY:
            lines.append(canonical(fields).decode("ascii"))
            sets.extend(digest for digest, _ in references(fields["body"]))

    for record in other.records():
        bring(record.fields)
    return lines, sets


def _disputes(
    ledger: Ledger, other: LedgerReader, ours: Collection[str], theirs: Collection[str]
) -> list[str]:
    """Proposals to which the two gave opposite answers, neither knowing the other's.

    `ours` and `theirs` are the ids that each has. What one side replaced, knowing it, is past.
    """
    found: list[str] = []
    for target, here in ledger.state.answers.items():
        there = other.state.answers.get(target, {})
        new = {record: answer for record, answer in there.items() if record not in ours}
        kept = {name: one for name, one in here.items() if name in there or name not in theirs}
        if new and len({*kept.values(), *new.values()}) > 1:
            found.append(target)
    return found


def _conflicts(ledger: Ledger, other: LedgerReader) -> list[str]:
    mine, theirs = ledger.state, other.state
    found: list[str] = []
    for account in theirs.decisions.slots:
        here, there = mine.current(account), theirs.current(account)
        if here is None or there is None or here.record_id == there.record_id:
            continue
        # A record that this ledger already has is older news, not another opinion.
        known = mine.decisions.find(there.record_id) >= 0
        if (
            not known
            and theirs.decisions.find(here.record_id) < 0
            and here.verdict != there.verdict
        ):
            found.append(account)
    return found


def other_ledger(path: Path, case_id: str, state_dir: Path) -> LedgerReader:
    """Open another ledger of the same case for reading; no mark is kept of it."""
    reader = LedgerReader(path, case_id, Witness(state_dir / "other", case_id, path))
    reader.refresh()
    return reader
