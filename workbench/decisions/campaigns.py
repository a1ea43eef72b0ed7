"""Campaigns above clusters: what analysts merged, split, named, left out or took in.

Each edit is one ledger record that holds the accounts it is about, so that it survives a rebuild
that numbers clusters anew. `ledger_tables` says where the edits in force put every account.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Sequence
from typing import Any

from workbench.audit.log.append import Ledger
from workbench.audit.records.canonical_json import Fields
from workbench.audit.state import builders
from workbench.decisions.queries import take_back
from workbench.decisions.service import CaseService, distinct, reads_ledger
from workbench.decisions.tables import time_text
from workbench.errors import UsageError

EDITS = ["when", "edit", "about", "accounts", "analyst", "reason", "record_id"]


def new_id(accounts: Iterable[str]) -> str:
    """The id of a campaign that no cluster gives one: from its accounts, so that it repeats."""
    digest = hashlib.sha256("\n".join(sorted(accounts)).encode("utf-8", "surrogatepass")).digest()
    return "K-" + base64.b32encode(digest).decode("ascii")[:5]


def merge(
    service: CaseService, campaign: str, others: Sequence[str], accounts: Sequence[str], reason: str
) -> str:
    """Record that `others` are part of a campaign; `accounts` are those of all of them."""
    if campaign in others or not others:
        raise UsageError("A campaign is merged with others than itself.")
    return _edit(service, "merge", campaign, accounts, reason, others=others)


def split(
    service: CaseService, campaign: str, accounts: Sequence[str], reason: str, name: str = ""
) -> tuple[str, str]:
    """Record that `accounts` are a campaign of their own; returns record and the new id."""
    fresh = new_id(accounts)
    return _edit(service, "split", campaign, accounts, reason, others=[fresh], name=name), fresh


def rename(
    service: CaseService, campaign: str, accounts: Sequence[str], name: str, reason: str = ""
) -> str:
    """Record a name; a cluster that was no campaign becomes one."""
    if not name.strip():
        raise UsageError("A campaign's name cannot be blank.")
    return _edit(service, "name", campaign, accounts, reason, name=name)


def exclude(service: CaseService, campaign: str, accounts: Sequence[str], reason: str) -> str:
    """Record that accounts are no members, whatever clustering says."""
    return _edit(service, "exclude", campaign, accounts, reason)


def include(service: CaseService, campaign: str, accounts: Sequence[str], reason: str) -> str:
    """Record that accounts are members, whatever clustering says."""
    return _edit(service, "include", campaign, accounts, reason)


@reads_ledger
def edits_of(ledger: Ledger, campaign: str) -> list[Fields]:
    """The edits in force that name a campaign, oldest first."""
    acts = ledger.state.campaign_edits_in_force()
    return [act for act in acts if campaign in (act["campaign"], *act["others"])]


def undo(service: CaseService, record_id: str, why: str) -> str:
    """Record that an edit counts no more; what it changed is as the other edits have it."""
    return take_back(service, record_id, "R-OTHER", why)[0]


def edit_words(act: Fields) -> str:
    """An edit in a few words: what, by whom, when."""
    others = f" with {', '.join(act['others'])}" if act["others"] else ""
    name = f" “{act['name']}”" if act["name"] else ""
    when = str(time_text(act["ts"]))[:16]
    return f"{act['action']} {act['campaign']}{others}{name}, by {act['author']} at {when}"


def edit_row(act: Fields) -> list[Any]:
    """An edit as `EDITS` names the cells."""
    about = " ".join((act["campaign"], *act["others"], act["name"])).strip()
    return [time_text(act["ts"]), act["action"], about,
            act["members"]["count"] if act["members"] else 0, act["author"], act["reason"],
            act["record"]]  # fmt: skip


def _edit(
    service: CaseService,
    action: str,
    campaign: str,
    accounts: Sequence[str],
    reason: str,
    *,
    others: Sequence[str] = (),
    name: str = "",
) -> str:
    chosen = distinct(accounts)
    if not chosen:
        raise UsageError("The edit names no account.")
    if not reason.strip() and action != "name":
        raise UsageError("An edit of a campaign needs a reason.", hint="Say why, in words.")
    body = builders.campaign_edit(
        action, campaign, others=others, name=name, reason=reason,
        members=service.put_set(chosen),
    )  # fmt: skip
    return service.append("campaign_edit", body)
