"""Finds clusters in a store: traits, links, clusters, scores and evidence, as a part of its own.

Country columns and holidays are read by nothing here.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from workbench.detection.clustering.find import Found, find_clusters
from workbench.detection.clustering.lineage import lineage, name_clusters
from workbench.detection.clustering.near_members import near
from workbench.detection.features.activity_sync import read_activity
from workbench.detection.features.capability_patterns import capabilities
from workbench.detection.features.cluster_features import Figures, read_figures
from workbench.detection.features.intent_patterns import intent_patterns
from workbench.detection.features.strangers import Shared, shared_texts
from workbench.detection.graph.links import Links, read_links
from workbench.detection.graph.traits import families_of, write_traits
from workbench.detection.likelihood.membership import SMALLEST
from workbench.detection.scoring.benign_explanations import Explanation, explanations
from workbench.detection.scoring.scorecard import ClusterScore, score_clusters
from workbench.detection.store_results import (
    cluster_row,
    component_rows,
    explanation_rows,
    source_rows,
    write_frame,
    write_member_evidence,
    write_members,
    write_near,
)
from workbench.engine.parts import attach, part_name, show_data
from workbench.errors import WorkbenchError
from workbench.intake.load_session import LoadSession
from workbench.playbooks.format import SavedQuery
from workbench.playbooks.library import read_library
from workbench.resources import statement

Tell = Callable[[str, int, int], None]
# Rises when the same store would give other clusters than before, or other tables about them.
METHOD = "17"
# What the card says is missing: words to the columns that would have told.
_GROUPS = {
    "payments": (("payments", "instrument_fingerprint"),),
    "prompts": (("exchange_text", "prompt"), ("exchanges", "prompt_head")),
    "addresses": (("exchanges", "ip"), ("sightings", "ip"), ("accounts", "signup_ip")),
    "clients": (("exchanges", "user_agent"), ("sightings", "user_agent")),
    "TLS fingerprints": (("exchanges", "tls_fingerprint"), ("sightings", "tls_fingerprint")),
    "devices": (("exchanges", "device_id"), ("sightings", "device_id")),
    "e-mail addresses": (("accounts", "email_domain"),),
    "organisations": (("accounts", "org_id"),),
    "exchanges": (("exchanges", "ts"),),
}
_GIANT = 0.25


def build(
    analysis: Path,
    *,
    data: Sequence[Path],
    previous: Path | None = None,
    spill: Path,
    queries: Path,
    overlay: Sequence[Mapping[str, Any]] = (),
    memory_mib: int = 4096,
    threads: int = 1,
    progress: Tell | None = None,
) -> str:
    """Write the tables of an analysis of loaded data to a new file; returns the revision.

    `data` are the parts of the data, `previous` the analysis before, by which clusters keep ids.
    `queries` is the folder of the shipped queries, whose link families alone are run; `overlay`
    are entity-list entries (family, value, role) on top of the store's. `progress(phase, done,
    total)`. Deterministic.
    Raises WorkbenchError naming a link family whose query fails.
    """
    tell = progress or _silent
    library = read_library(queries)
    for path, error in library.set_aside:
        if path.parent.name == "traits":
            raise WorkbenchError(f"A link family cannot be read: {error.message}", hint=error.hint)
    trait_queries = library.traits()
    session = LoadSession(analysis, spill, memory_mib, threads)
    try:
        show_data(session.connection, data)
        before = _before(session, data, previous)
        _write(session, trait_queries, overlay, before, tell)
    finally:
        session.close()
    return _revision(trait_queries, overlay)


def _silent(phase: str, done: int, total: int) -> None:
    """Nobody asked for progress."""


def _write(
    session: LoadSession,
    queries: Sequence[SavedQuery],
    overlay: Sequence[Mapping[str, Any]],
    before: Mapping[str, str],
    tell: Tell,
) -> None:
    search = find(session, queries, overlay, tell)
    links, found, ids = search.links, search.found, search.ids
    tell("scoring clusters", 0, found.clusters)
    measured = measure(session, search)
    for part in statement("detection", "clusters_begin").split(";\n"):
        session.run(part)
    scores = score_clusters(measured.figures, measured.usual, measured.shared)
    told = [explanations(figure, measured.usual) for figure in measured.figures]
    _write_clusters(session, links, found, measured.figures, scores, told, ids, before)
    tell("evidence", 0, found.clusters)
    session.run(statement("detection", "evidence"))
    names = _names(session, found, ids)
    write_member_evidence(session, links, found, names)
    _warn(session, found, len(ids))
    session.run("CHECKPOINT")


@dataclass(frozen=True)
class Search:
    """Links, clusters, and the ids of accounts by their number."""

    links: Links
    found: Found
    ids: list[str]


@dataclass(frozen=True)
class Measured:
    """The figures of clusters by number, the usual ones of the case, and who shares texts."""

    figures: list[Figures]
    usual: dict[str, float | None]
    shared: dict[str, Shared]


def find(
    session: LoadSession,
    queries: Sequence[SavedQuery],
    overlay: Sequence[Mapping[str, Any]],
    tell: Tell,
) -> Search:
    """Write traits and find clusters."""
    _list_values(session, overlay)
    accounts = int(session.value("SELECT count(*) FROM account_profile"))
    families = write_traits(session, families_of(queries, accounts), tell)
    links = read_links(session, families)
    found = find_clusters(links, read_activity(session), tell)
    ids = [row[0] for row in session.rows("SELECT account_id FROM account_index ORDER BY a")]
    return Search(links, found, ids)


def measure(session: LoadSession, search: Search) -> Measured:
    """The figures of the clusters found; writes `account_habits` and the temporary `members`."""
    links, found = search.links, search.found
    session.run(statement("detection", "habits"), parameters=intent_patterns() | capabilities())
    rows = np.flatnonzero(found.label >= 0)
    session.run("CREATE OR REPLACE TEMP TABLE members (c BIGINT, account_id VARCHAR)")
    write_frame(
        session,
        "members",
        pl.DataFrame({"c": found.label[rows], "account_id": [search.ids[int(a)] for a in rows]}),
    )
    own = found.label[found.rhythm.a] == found.rhythm.c
    sizes = np.maximum(np.bincount(found.label[rows], minlength=found.clusters), 1)
    mean = np.bincount(found.rhythm.c[own], weights=found.rhythm.llr[own], minlength=found.clusters)
    rhythm = {c: float(mean[c] / sizes[c]) for c in range(found.clusters)}
    figures, usual = read_figures(session, links, found.terms, found.label, rhythm)
    return Measured(figures, usual, shared_texts(links, found.label))


def _before(session: LoadSession, data: Sequence[Path], previous: Path | None) -> dict[str, str]:
    """Accounts to clusters of the analysis before."""
    if previous is None:
        return {}
    if previous in data:  # a store of format 1: data and analysis at once
        name = part_name(data.index(previous))
    else:
        name = "previous"
        attach(session.connection, previous, name)
    return dict(session.rows(f"SELECT account_id, cluster_id FROM {name}.cluster_members"))


def _list_values(session: LoadSession, overlay: Sequence[Mapping[str, Any]]) -> None:
    session.run(
        "CREATE OR REPLACE TEMP TABLE listed_values AS "
        "SELECT DISTINCT family, value, role FROM entity_lists"
    )
    for entry in overlay:
        session.connection.execute(
            "INSERT INTO listed_values VALUES ($family, $value, $role)",
            {name: str(entry.get(name, "")) for name in ("family", "value", "role")},
        )


def _write_clusters(
    session: LoadSession,
    links: Links,
    found: Found,
    figures: Sequence[Figures],
    scores: Sequence[ClusterScore],
    told: Sequence[Sequence[Explanation]],
    ids: Sequence[str],
    before: Mapping[str, str],
) -> None:
    if not found.clusters:
        return
    order = np.argsort(found.label, kind="stable")
    edges = np.searchsorted(found.label[order], np.arange(found.clusters + 1))
    members = [[ids[a] for a in order[edges[c] : edges[c + 1]]] for c in range(found.clusters)]
    named = name_clusters(members, before)
    names = {c: name for c, (name, _) in enumerate(named)}
    missing, sources = _missing(session), source_rows(found, links, names)
    breaking = {
        c: min((r for r in rows if r["breaks"]), key=lambda r: r["remaining"], default=None)
        for c, rows in sources.items()
    }
    rows = [
        cluster_row(named[c][0], figures[c], scores[c], told[c], missing, named[c][1])
        | {"breaking_family": (breaking[c] or {}).get("source")}
        for c in range(found.clusters)
    ]
    frame = pl.DataFrame(rows, infer_schema_length=None)
    frame = frame.with_columns(
        pl.col("breaking_family", "continues").cast(pl.String),
        pl.col("first_ts", "last_ts").cast(pl.Datetime("us")),
    ).sort("campaign_like", "score", "accounts", "cluster_id", descending=[True, True, True, False])
    write_frame(session, "clusters", frame)
    write_members(session, found, names, scores, ids)
    close = near(found, links, [verdict.campaign_like for verdict in scores])
    write_near(session, close, names, scores, ids)
    lines = [line for c in range(found.clusters) for line in component_rows(names[c], scores[c])]
    write_frame(session, "cluster_components", pl.DataFrame(lines, infer_schema_length=None))
    write_frame(session, "cluster_sources", pl.DataFrame([r for c in sources.values() for r in c]))
    tried = [row for c in names for row in explanation_rows(names[c], told[c])]
    write_frame(session, "cluster_explanations", pl.DataFrame(tried))
    origin = lineage({names[c]: members[c] for c in names}, dict(named), before)
    columns = ("cluster_id", "older", "relation", "accounts")
    write_frame(session, "cluster_lineage", pl.DataFrame(origin, schema=columns, orient="row"))


def _names(session: LoadSession, found: Found, ids: Sequence[str]) -> dict[int, str]:
    place = {account: a for a, account in enumerate(ids)}
    return {
        int(found.label[place[account]]): name
        for name, account in session.rows(
            "SELECT cluster_id, min(account_id) FROM cluster_members GROUP BY cluster_id"
        )
    }


def _missing(session: LoadSession) -> str:
    """The groups of data that no extract had, for the card."""
    present = {
        (row[0], row[1])
        for row in session.rows(
            "SELECT table_name, column_name FROM column_presence WHERE non_null > 0"
        )
    }
    return ", ".join(
        words for words, columns in _GROUPS.items() if not any(c in present for c in columns)
    )


def _warn(session: LoadSession, found: Found, accounts: int) -> None:
    warnings = []
    sizes = np.bincount(found.label[found.label >= 0], minlength=1)
    if len(sizes) and sizes.max() > _GIANT * accounts and accounts >= 100:
        warnings.append(
            ("giant", "One cluster holds more than a quarter of all accounts.", int(sizes.max()))
        )
    if not found.clusters:
        warnings.append(("none", _nothing_found(accounts), 0))
    hubs = int(session.value("SELECT count(*) FROM trait_stats WHERE hub"))
    if hubs:
        warnings.append(("hubs", "Values too common to link accounts.", hubs))
    for group in filter(None, _missing(session).split(", ")):
        warnings.append(("missing", f"The extracts hold no {group}.", 0))
    for code, message, number in warnings:
        session.connection.execute(
            "INSERT INTO find_warnings VALUES ($code, $message, $n)",
            {"code": code, "message": message, "n": number},
        )


def _nothing_found(accounts: int) -> str:
    if accounts < SMALLEST:
        held = ("no account", "one account only", "two accounts only")[accounts]
        return f"No cluster: the case holds {held}, and a cluster has three or more."
    return "No cluster: no three accounts share enough that others do not share as well."


def _revision(queries: Sequence[SavedQuery], overlay: Sequence[Mapping[str, Any]]) -> str:
    """Names method, link families and lists: equal revisions on equal data give equal clusters."""
    digest = hashlib.sha256(METHOD.encode())
    for query in queries:
        digest.update(query.sha256.encode())
    for entry in sorted(repr(sorted(entry.items())) for entry in overlay):
        digest.update(entry.encode("utf-8", "surrogatepass"))
    return f"{METHOD}-{digest.hexdigest()[:12]}"
