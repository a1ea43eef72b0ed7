"""`workbench resurrect`: accounts like those that were flagged, here or in another case."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from workbench.case.folder import MANIFEST
from workbench.cli.input_files import text_of
from workbench.cli.session import CASE, Choices, choices, open_case, put_query
from workbench.decisions.tables import table_line, table_lines
from workbench.errors import UsageError

_FIELDS = {"pattern": str, "family": str, "value": str, "members": int, "accounts": int}


@click.command()
@CASE
@click.option("--seen", "others", multiple=True, type=click.Path(path_type=Path, exists=True),
              help="another case, or what --patterns wrote there as JSONL")  # fmt: skip
@click.option("--patterns", is_flag=True, help="write what the flagged campaigns are known by")
@click.option("--min-likeness", type=click.FloatRange(0, 1), default=0.5, show_default=True)
@click.option("--since", default="", help="only accounts made since then")
@choices
def resurrect(
    case: Path, others: tuple[Path, ...], patterns: bool, min_likeness: float, since: str,
    chosen: Choices,
) -> int:  # fmt: skip
    """Undecided accounts of CASE that look like flagged campaigns, newest first."""
    seen = [line for other in others for line in _patterns_of(other)]
    with open_case(case) as session:
        if patterns:
            put_query(session, session.library.shipped("flagged-patterns"), {}, chosen)
            return 0
        known_bad = session.service.read(
            lambda ledger: list(table_lines(ledger.state, "seen_patterns"))
        )
        session.client.lay_over("seen_patterns", [*known_bad, *seen])
        given: dict[str, object] = {"min_likeness": min_likeness}
        if since:
            given["since"] = since
        put_query(session, session.library.shipped("resurrected"), given, chosen)
    return 0


def _patterns_of(other: Path) -> list[str]:
    if (other / MANIFEST).exists():
        with open_case(other) as session:
            rows = session.rows("flagged-patterns")
            return [_line(row, f"{session.case.manifest.name} ") for row in rows]
    lines = []
    for number, text in enumerate(text_of(other).splitlines(), 1):
        try:
            row = json.loads(text)
            if not all(type(row[name]) is kind for name, kind in _FIELDS.items()):
                raise TypeError
        except (ValueError, KeyError, TypeError, RecursionError):
            raise UsageError(
                f"{other}, line {number}: no pattern with {', '.join(_FIELDS)}.",
                hint="Write the file with: workbench resurrect OTHER --patterns --format jsonl",
            ) from None
        lines.append(_line(row))
    return lines


def _line(row: dict[str, Any], before: str = "") -> str:
    kept = {name: row[name] for name in _FIELDS}
    return table_line(kept | {"pattern": f"{before}{row['pattern']}"})
