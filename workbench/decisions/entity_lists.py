"""Entity lists: values that an analyst classed as hub, allowed or known bad, by ledger records."""

from __future__ import annotations

from workbench.audit.log.append import Ledger
from workbench.audit.records.canonical_json import Fields
from workbench.audit.state import builders
from workbench.decisions.masking import is_stand_in
from workbench.decisions.service import CaseService, expiry, reads_ledger
from workbench.errors import UsageError, WorkbenchError

ROLES = {
    "hub": "shared by many for no reason of theirs: it links nobody",
    "allow": "known and harmless",
    "known_bad": "seen in a campaign: whoever has it is watched for",
    "watch": "told of by `workbench changes` when it is seen again",
}


@reads_ledger
def entry_of(ledger: Ledger, family: str, value: str) -> Fields | None:
    """The entry in force of a value, or None."""
    wanted, entries = (family, value), ledger.state.entity_lists()
    return next((one for one in entries if (one["family"], one["value"]) == wanted), None)


@reads_ledger
def entries_in_force(ledger: Ledger) -> list[Fields]:
    """Every entry that stands, also those that have lapsed."""
    return ledger.state.entity_lists()


def put(
    service: CaseService, family: str, value: str, role: str, reason: str, until: str = ""
) -> str:
    """Put a value on a list, replacing the entry it had; returns the record's id."""
    if is_stand_in(value):
        raise WorkbenchError(
            "What is on the screen stands for a masked value; a list needs the value.",
            hint="Reveal it first: * on the bench, --reveal REASON at the command line.",
        )
    body = builders.list_edit("add", family, value, role, _said(reason), expiry(until))
    return service.append("list_edit", body)


def take_off(service: CaseService, family: str, value: str, reason: str) -> str:
    """Take a value off its list; returns the record's id."""
    entry = entry_of(service, family, value)
    if entry is None:
        raise WorkbenchError(
            f"No list of this case has the {family} “{value}”.",
            hint=f"See: workbench lists show {service.case_path}",
        )
    body = builders.list_edit("remove", family, value, entry["role"], _said(reason))
    return service.append("list_edit", body)


def _said(reason: str) -> str:
    if not reason.strip():
        raise UsageError("An entry needs a reason.", hint="Give --reason TEXT.")
    return reason
