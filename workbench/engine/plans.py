"""A plan as a tree that can be read: what each step does, how many rows, where the time went."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

_SKIPPED = frozenset({"RESULT_COLLECTOR", "EXPLAIN_ANALYZE"})
_SAID_APART = frozenset({"Estimated Cardinality"})
_MAX_DETAIL_CHARACTERS = 100

# Depth, step, rows, milliseconds (None where it was not run), details.
PlanLine = tuple[int, str, int | None, float | None, str]


def plan_lines(text: str) -> list[PlanLine]:
    """The engine's plan, a line a step, from the result down to the scans."""
    plan = json.loads(text)
    roots: list[dict[str, Any]] = plan["operator"] if isinstance(plan, dict) else plan
    return [line for root in roots for line in _lines(root, 0)]


def _lines(node: dict[str, Any], depth: int) -> Iterator[PlanLine]:
    name = str(node.get("name") or node.get("type") or "?").strip()
    below = depth
    if name not in _SKIPPED:
        extra = node.get("extra_info") or {}
        estimate = str(extra.get("Estimated Cardinality", ""))
        rows = node.get("intermediate_rows", int(estimate) if estimate.isdigit() else None)
        seconds = node.get("timing")
        spent = None if seconds is None else float(seconds) * 1e3
        yield depth, name.replace("_", " ").lower(), rows, spent, _details(extra)
        below += 1
    for child in node.get("children", []):
        yield from _lines(child, below)


def _details(extra: dict[str, Any]) -> str:
    parts = []
    for key, value in extra.items():
        if key not in _SAID_APART and value not in ("", [], None):
            words = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
            parts.append(f"{key}: {' '.join(words.split())[:_MAX_DETAIL_CHARACTERS]}")
    return " · ".join(parts)
