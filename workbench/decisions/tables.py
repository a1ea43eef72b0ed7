"""The ledger's state as tables: what the query worker lays over the store.

`decisions` are those in force; `campaign_members` is made there from the edits that analysts made
of campaigns; `seen_patterns` holds what is known to be bad without an extract saying so.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from workbench.audit.state.state import LedgerState, decided

EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
NOWHERE = ""
KNOWN_BAD, WATCH = "known_bad", "watch"
_CHUNK = 2000  # rows told in one line


def ledger_tables(state: LedgerState) -> dict[str, list[str]]:
    """What every table by its name is made of, as ASCII JSON lines."""
    return {table: table_lines(state, table) for table in TABLES}


def table_lines(state: LedgerState, table: str) -> list[str]:
    """What one of the tables is made of, as ASCII JSON lines."""
    return [table_line(row) for row in _ROWS[table](state)]


def table_line(row: Mapping[str, object]) -> str:
    """One row of a table."""
    return json.dumps(row, separators=(",", ":"))


def decision_rows(state: LedgerState) -> list[dict[str, Any]]:
    """The `decisions` table as records with times as text."""
    return [
        row._asdict()
        | {"decided_at": time_text(row.decided_at), "expires_at": time_text(row.expires_at)}
        for row in state.decisions_rows()
    ]


def time_text(micros: int | None) -> str | None:
    """UTC microseconds as ISO text."""
    if micros is None:
        return None
    moment = EPOCH + datetime.timedelta(microseconds=micros)
    return moment.replace(tzinfo=None).isoformat(sep=" ")


def _decided(state: LedgerState) -> Iterator[dict[str, Any]]:
    """The `decisions` table in columns: accounts with the number of the decision on each, and each
    decision once. A million rows told one by one would take ten seconds."""
    found = list(decided(state))
    for begin in range(0, len(found), _CHUNK):
        accounts, under = zip(*found[begin : begin + _CHUNK], strict=True)
        yield {"place": begin, "account_id": accounts, "under": under}
    numbers = sorted({number for _, number in found})
    for begin in range(0, len(numbers), _CHUNK):
        some = numbers[begin : begin + _CHUNK]
        yield {"decision": some, **state.decisions.rows_in_columns(some)}


@dataclass(frozen=True)
class Placing:
    """Where an edit put an account. `whole`: with a whole campaign, so that clusters follow."""

    campaign: str
    whole: bool
    certain: bool = False
    by_hand: bool = True


def placings(state: LedgerState) -> tuple[dict[str, Placing], dict[str, str]]:
    """What the edits in force say: accounts to where they were put, campaigns to their names."""
    placed: dict[str, Placing] = {}
    names: dict[str, str] = {}
    for act in state.campaign_edits_in_force():
        campaign, action = act["campaign"], act["action"]
        accounts = state.read_set(act["members"]["set"]) if act["members"] else []
        if action == "split":
            placing = Placing(act["others"][0], whole=False)
        elif action == "exclude":
            placing = Placing(NOWHERE, whole=False)
        elif action == "include":
            placing = Placing(campaign, whole=False, certain=True)
        else:
            # A name says what a campaign is called, not who is in it.
            placing = Placing(campaign, whole=True, by_hand=action != "name")
        for account in accounts:
            before = placed.get(account)
            # An account that was taken in by hand stays certain wherever its campaign goes.
            certain = placing.certain or (before is not None and before.certain)
            by_hand = placing.by_hand or (before is not None and before.by_hand)
            placed[account] = Placing(placing.campaign, placing.whole, certain, by_hand)
        if action == "merge":
            gone = [name for one in act["others"] if (name := names.pop(one, ""))]
            if gone and campaign not in names:  # the only name there is stays
                names[campaign] = gone[0]
        if act["name"]:
            names[act["others"][0] if action == "split" else campaign] = act["name"]
    return placed, names


def _campaign_rows(state: LedgerState) -> list[dict[str, Any]]:
    """One row an account that was placed, one a campaign with a name."""
    placed, names = placings(state)
    rows: list[dict[str, Any]] = [
        {"account_id": account, "campaign_id": to.campaign, "whole": to.whole,
         "certain": to.certain, "by_hand": to.by_hand}
        for account, to in placed.items()
    ]  # fmt: skip
    return rows + [{"campaign_id": campaign, "name": name} for campaign, name in names.items()]


def listed_rows(state: LedgerState, *roles: str) -> list[dict[str, Any]]:
    """The values of these lists in force, as rows of `seen_patterns`."""
    return [
        {"pattern": entry["role"], "family": entry["family"], "value": entry["value"],
         "members": 1, "accounts": 1}
        for entry in state.entity_lists() if entry["role"] in roles
    ]  # fmt: skip


def _known_bad_rows(state: LedgerState) -> list[dict[str, Any]]:
    return listed_rows(state, KNOWN_BAD)


def _nothing_before(_: LedgerState) -> list[dict[str, Any]]:
    """A ledger tells of no earlier generation: `changes` lays one over."""
    return []


_ROWS: dict[str, Callable[[LedgerState], Iterable[dict[str, Any]]]] = {
    "decisions": _decided,
    "campaign_members": _campaign_rows,
    "accounts_before": _nothing_before,
    "seen_patterns": _known_bad_rows,
}
TABLES = tuple(_ROWS)
