"""What a screen writes above a column whose stored name is a term of the method.

Stored names stay as they are, because evidence, saved queries and reports rest on them.
"""

from __future__ import annotations

HEADINGS: dict[str, str] = {
    "llr": "strength",
    "mean_llr": "mean strength",
    "nats": "strength",
    "surprise": "rarer elsewhere",
    "points": "adds to score",
    "speaks_for": "speaks for",
    "speaks_against": "speaks against",
    "likeness": "likely a member",
    "member_score": "member score",
    "cluster_score": "cluster score",
}


def heading_of(column: str) -> str:
    """The heading of a column on a screen."""
    return HEADINGS.get(column, column)
