"""Working one case together: who has taken what on, what was remarked, what is left to decide."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from workbench.audit.log.append import Ledger
from workbench.audit.state import builders
from workbench.decisions.service import CaseService, reads_ledger
from workbench.decisions.tables import time_text


@dataclass(frozen=True)
class Claim:
    """Somebody has taken a subject on."""

    kind: str
    id: str
    analyst: str
    since: str


@dataclass(frozen=True)
class Comment:
    """What somebody remarked on a subject."""

    kind: str
    id: str
    analyst: str
    at: str
    text: str


def claim(service: CaseService, kind: str, name: str) -> str:
    """Take a subject on, so that nobody does the same work; returns the record's id.

    Raises WorkbenchError where somebody else has it.
    """
    return service.append("note", builders.note("claim", kind, name))


def release(service: CaseService, kind: str, name: str, text: str = "") -> str:
    """Give a subject back, one's own or an absent colleague's; returns the record's id."""
    return service.append("note", builders.note("release", kind, name, text))


def comment(service: CaseService, kind: str, name: str, text: str) -> str:
    """Remark something on a subject for the others; returns the record's id."""
    return service.append("note", builders.note("comment", kind, name, text))


@reads_ledger
def claims(ledger: Ledger) -> dict[tuple[str, str], Claim]:
    """What is taken on now, by kind and id."""
    found: dict[tuple[str, str], Claim] = {}
    for key, entry in ledger.state.claims.items():
        kind, _, name = key.partition(":")
        since = str(time_text(entry["ts"]))
        found[kind, name] = Claim(kind, name, entry["who"]["name"], since)
    return found


@reads_ledger
def comments(ledger: Ledger, kind: str = "", name: str = "") -> list[Comment]:
    """The remarks on a subject, or all of them, oldest first."""
    return [
        Comment(one["subject"], one["id"], one["who"]["name"], str(time_text(one["ts"])),
                one["text"])
        for one in ledger.state.comments
        if one["kind"] == "comment" and (not kind or (one["subject"], one["id"]) == (kind, name))
    ]  # fmt: skip


def undecided(service: CaseService, clusters: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """The shared queue: ranked clusters with members left to decide, and who has taken them on."""
    held, said = claims(service), comments(service)
    queue: list[dict[str, Any]] = []
    for row in clusters:
        if row["decided"] >= row["accounts"]:
            continue
        cluster = str(row["cluster_id"])
        taken = held.get(("cluster", cluster))
        queue.append({
            "cluster_id": cluster,
            "score": row["score"],
            "campaign_like": row["campaign_like"],
            "accounts": row["accounts"],
            "undecided": row["accounts"] - row["decided"],
            "claimed_by": taken.analyst if taken else None,
            "comments": sum((one.kind, one.id) == ("cluster", cluster) for one in said),
            "summary": row["summary"],
        })  # fmt: skip
    return queue
