"""Proposals and countersignatures as files, between two directories or hosts."""

from __future__ import annotations

import json
from pathlib import Path

from workbench.audit.errors import LedgerError, MalformedError
from workbench.audit.log.append import Ledger, Record
from workbench.audit.log.reader import LedgerReader
from workbench.audit.records.account_sets import read_lines
from workbench.audit.records.canonical_json import Fields, canonical, sha256
from workbench.audit.records.entries import read_record
from workbench.audit.records.schema import references
from workbench.audit.state import builders

FILE_FORMAT = "wb-travel/1"
_TRANSFERABLE = ("proposal", "countersign")


def _refused(message: str) -> LedgerError:
    return LedgerError(message, title="Not carried over")


def answer(ledger: Ledger, record_id: str, *, agree: bool, note: str = "") -> Record:
    """Countersign or refuse a pending proposal, bound to its text as this ledger holds it.

    A proposal that came as a file is named by its first id, so that the answer can travel back. A
    policy or key that waits for a second person is answered in the same way; a proposal in dispute
    is resolved by the answer.
    """
    record = ledger.record(record_id)
    word = "agree" if agree else "refuse"
    if record_id in ledger.state.disputes:
        return ledger.append("resolve", builders.resolve(record_id, answer=word, note=note))
    if record is not None and record.fields["type"] in ("policy", "key"):
        body = builders.countersign(record_id, record.fields["body"], answer=word, note=note)
        return ledger.append("countersign", body)
    if record is None or record.fields["type"] not in ("proposal", "decision"):
        raise _refused(f"There is no proposal {record_id}.")
    body = record.fields["body"]
    if record.fields["type"] == "decision":
        body = builders.proposal(body)
    named = record_id if body["origin"] is None else body["origin"]["id"]
    return ledger.append(
        "countersign",
        builders.countersign(named, body["decision"], answer=word, note=note),
    )


def export_record(ledger: LedgerReader, record_id: str, target: Path) -> None:
    """Write a proposal or countersignature, with its lists, to a file that can travel."""
    record = ledger.record(record_id)
    if record is None or record.fields["type"] not in _TRANSFERABLE:
        raise _refused(f"There is no proposal or countersignature {record_id}.")
    transfer = {
        "format": FILE_FORMAT,
        "case": ledger.case_id,
        "line": canonical(record.fields).decode("ascii"),
        "sets": {
            digest: ledger.sets.text(digest) for digest, _ in references(record.fields["body"])
        },
    }
    try:
        with target.open("x", encoding="ascii") as file:
            json.dump(transfer, file, indent=1, sort_keys=True)
            file.write("\n")
    except OSError as error:
        raise _refused(f"{target.name} could not be written: {error.strerror}.") from error


def import_record(ledger: Ledger, source: Path) -> Record:
    """Append a proposal or countersignature that came as a file, with where it came from.

    Raises LedgerError where the file is not whole, of another case, or already here.
    """
    fields, line, sets = _read_transfer(source, ledger.case_id)
    if ledger.record(fields["id"]) is not None or fields["id"] in ledger.state.aliases:
        raise _refused(f"The record {fields['id']} is already in this ledger.")
    for data in sets.values():
        ledger.put_list(read_lines(data.encode("ascii")))
    origin = {
        "case": ledger.case_id,
        "id": fields["id"],
        "who": fields["who"],
        "ts": fields["ts"],
        "line": ledger.put_list([line]).as_field(),
    }
    body = fields["body"]
    if fields["type"] == "proposal":
        return ledger.append("proposal", builders.proposal(body["decision"], origin))
    return ledger.append("countersign", {**body, "origin": origin})


def _read_transfer(source: Path, case_id: str) -> tuple[Fields, str, dict[str, str]]:
    try:
        transfer = json.loads(source.read_bytes())
        case, line, sets = transfer["case"], transfer["line"], transfer["sets"]
        fields = read_record(line.encode("ascii"))
        whole = all(sha256(data.encode("ascii")) == digest for digest, data in sets.items())
        named = {digest for digest, _ in references(fields["body"])}
        for data in sets.values():
            read_lines(data.encode("ascii"))
    except OSError as error:
        raise _refused(f"{source.name} cannot be read: {error.strerror}.") from error
    except (
        MalformedError, ValueError, KeyError, TypeError, AttributeError, RecursionError,
    ) as error:  # fmt: skip
        raise _refused(f"{source.name} does not hold a whole record of a ledger.") from error
    if case != case_id or fields["type"] not in _TRANSFERABLE:
        raise _refused(f"{source.name} is not a proposal or countersignature of this case.")
    if not whole or not named <= sets.keys():
        raise _refused(f"The lists in {source.name} are not those that its record names.")
    return fields, line, sets
