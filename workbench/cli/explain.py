"""`workbench clusters --explain`: why a cluster has its score, why not, what would change it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from workbench.cli.session import CaseSession
from workbench.detection.scoring.weights import fitted
from workbench.errors import WorkbenchError
from workbench.text.sanitize import safe_text

Row = Mapping[str, Any]
_HAND = "one hand"
_CALLS = {
    "campaign": "proposed as a campaign",
    "for a person": "not proposed; close enough that a person should look",
    "coordinated, work unseen": "one hand is behind the accounts; nothing tells what for",
    "innocent": "not proposed",
}


def explained(session: CaseSession, cluster: str) -> str:
    """The whole explanation of one cluster as text; raises WorkbenchError where there is none."""
    cards = session.rows("cluster-card", cluster=cluster)
    if not cards:
        raise WorkbenchError(
            f"There is no cluster “{safe_text(cluster, 40)}” in this case.",
            hint=f"See: workbench clusters {session.case.root}",
        )
    lines = session.rows("cluster-components", cluster=cluster)
    if not any(line["weight"] is not None for line in lines):
        raise WorkbenchError(
            "This case was clustered by an earlier version, whose scores had no weights.",
            hint=f"Cluster it anew: workbench clusters {session.case.root} --rebuild",
        )
    tried = session.rows("cluster-explanations", cluster=cluster)
    return "\n".join([*_head(cards[0]), *card_text(lines), "", *_innocent(tried)]) + "\n"


def _head(card: Row) -> list[str]:
    call = str(card["call"] or "")
    return [
        f"{safe_text(card['cluster_id'])}  {safe_text(call, 60)}: "
        f"{_CALLS.get(call, 'as an earlier version called it')}",
        f"{card['accounts']:,} accounts; probability of a campaign {card['score']:.3f}, "
        f"of one hand behind them {card['coordination']:.3f}; proposed from {fitted().cut:.2f}",
        safe_text(card["summary"] or "", 300),
        "",
    ]


def card_text(lines: Sequence[Row]) -> list[str]:
    """The lines of both sums with what begins them, what was not told, and what would change it."""
    own = [line for line in lines if line["axis"] != _HAND]
    hand = [line for line in lines if line["axis"] == _HAND]
    counted = [line for line in own if line["level"] is not None and line["weight"]]
    speaks = [line for line in counted if line["axis"] != "start"]
    return [
        "Where every sum begins (log odds)",
        *(f"  {line['points']:+.2f}  {_safe(line['name'])}: {_safe(line['meaning'])}"
          for line in own if line["axis"] == "start"),
        "",
        "Why",
        *_lines([line for line in speaks if line["points"] > 0], "nothing speaks for a campaign"),
        "",
        "Why not",
        *_lines([line for line in speaks if line["points"] < 0], "nothing speaks against it"),
        "",
        f"Sum {_sum(own):+.2f}, a probability of {_chance(_sum(own)):.3f}",
        "",
        *_changes(own),
        "",
        "Not told by the extracts",
        *_untold(own),
        "",
        f"One hand behind the accounts, whatever for: sum {_sum(hand):+.2f}, "
        f"a probability of {_chance(_sum(hand)):.3f}",
        *_lines([line for line in hand if abs(line["points"]) >= 0.01], "nothing was measured"),
    ]  # fmt: skip


def _lines(lines: Sequence[Row], nothing: str) -> list[str]:
    ordered = sorted(lines, key=lambda line: (-abs(line["points"]), line["name"]))
    return [_line(line) for line in ordered] or [f"  {nothing}"]


def _line(line: Row) -> str:
    points = f"  {line['points']:+.2f}  {_safe(line['name'])}"
    if line["value"] is None or line["query"] == "cluster-components":  # what a sum begins with
        return points
    usual = f" (usual {line['population']:.2f})" if line["population"] else ""
    return (
        f"{points}: {line['value']:.2f}{usual}, level {line['level']:.2f} × weight "
        f"{line['weight']:.2f}; {_safe(line['meaning'])}"
    )


def _changes(own: Sequence[Row]) -> list[str]:
    """Which single lines, were they otherwise, would bring the sum over the cut."""
    need = math.log(fitted().cut / (1.0 - fitted().cut)) - _sum(own)
    known = [line for line in own if line["axis"] != "start" and line["weight"]]
    if need > 0:
        title = f"What would change the call: {need:.2f} more would make it a campaign"
        found = [(_more(line), line) for line in known if _more(line) >= need]
        words = "at its most would do alone" if found else "no line alone would do"
    else:
        title = f"What would change the call: {-need:.2f} less and it were no campaign"
        found = [(_less(line), line) for line in known if _less(line) >= -need]
        words = "turned alone would do" if found else "no line alone would do"
    found.sort(key=lambda one: (-one[0], one[1]["name"]))
    names = ", ".join(_safe(line["name"]) for _, line in found[:8])
    return [title, f"  {names} {words}" if names else f"  {words}"]


def _more(line: Row) -> float:
    """What a line could still add: to its full level, or by ceasing to speak against."""
    against = line["axis"] == "benign"
    return float(-line["points"] if against else line["weight"] - line["points"])


def _less(line: Row) -> float:
    against = line["axis"] == "benign"
    return float(line["weight"] + line["points"] if against else line["points"])


def _untold(own: Sequence[Row]) -> list[str]:
    lines = [line for line in own if line["finding"] == "not tested" and line["weight"]]
    lines.sort(key=lambda line: (-line["weight"], line["name"]))
    return [
        f"  {_safe(line['name'])}: would tell {_safe(line['meaning'])}; up to "
        f"{'-' if line['axis'] == 'benign' else '+'}{line['weight']:.2f}"
        for line in lines
    ] or ["  everything that counts was told"]


def _innocent(tried: Sequence[Row]) -> list[str]:
    rows = [
        f"  {_safe(row['result']):<11} {_safe(row['explanation'])}: {_safe(row['finding'])}"
        for row in tried
    ]
    return ["Innocent explanations, as they were tried", *(rows or ["  none"])]


def _sum(lines: Sequence[Row]) -> float:
    return float(sum(line["points"] for line in lines))


def _chance(odds: float) -> float:
    return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, odds))))


def _safe(text: Any) -> str:
    return safe_text(str(text or ""), 300)
