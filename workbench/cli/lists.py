"""`workbench lists`: values that an analyst classed as hub, allowed or known bad."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import click

from workbench.case.folder import Case
from workbench.catalog.columns import ENTITY_FAMILIES
from workbench.cli import output
from workbench.cli.session import CASE, Choices, choices, put_records
from workbench.decisions import entity_lists
from workbench.decisions.service import CaseService, lapsed
from workbench.decisions.tables import time_text
from workbench.errors import UsageError
from workbench.playbooks.library import library_in_sight
from workbench.settings import load_settings

_TEXTS = ["family", "value", "role", "reason", "author"]
_NAMES = [*_TEXTS, "until", "lapsed"]


@click.group()
def lists() -> None:
    """Values classed as hub, allowed or known bad; loading and clustering anew read them."""


@lists.command()
@CASE
@click.option("--family", default="", help="only this family")
@choices
def show(case: Path, family: str, chosen: Choices) -> int:
    """The entries of CASE; clustering leaves those that have lapsed out."""
    service = CaseService(Case.open(case), load_settings())
    try:
        entries = entity_lists.entries_in_force(service)
    finally:
        service.close()
    rows = [
        [*(entry[name] for name in _TEXTS), time_text(entry["until"]), lapsed(entry["until"])]
        for entry in entries
        if family in ("", entry["family"])
    ]
    put_records(chosen, _NAMES, rows, case)
    return 0


@lists.command()
@CASE
@click.argument("family")
@click.argument("value")
@click.option("--role", type=click.Choice(list(entity_lists.ROLES)), required=True,
              help="hub: shared by many for no reason of theirs; allow; known_bad")  # fmt: skip
@click.option("--reason", required=True, help="why, in words; it is recorded")
@click.option("--until", default="", help="date on which it lapses")
def add(case: Path, family: str, value: str, role: str, reason: str, until: str) -> int:
    """Put a VALUE of a FAMILY on a list of CASE; it replaces the entry it had."""
    opened = Case.open(case)
    families = {*ENTITY_FAMILIES, *(query.family for query in library_in_sight().traits())}
    if family not in families:
        raise UsageError(
            f"There is no family “{family}”.", hint=f"Families: {', '.join(sorted(families))}."
        )
    return _edit(
        opened, lambda service: entity_lists.put(service, family, value, role, reason, until)
    )


@lists.command()
@CASE
@click.argument("family")
@click.argument("value")
@click.option("--reason", required=True, help="why, in words; it is recorded")
def remove(case: Path, family: str, value: str, reason: str) -> int:
    """Take a VALUE of a FAMILY off the lists of CASE."""
    return _edit(
        Case.open(case), lambda service: entity_lists.take_off(service, family, value, reason)
    )


def _edit(case: Case, work: Callable[[CaseService], str]) -> int:
    service = CaseService(case, load_settings())
    try:
        record = work(service)
    finally:
        service.close()
    output.write(f"{record}\n")
    output.Talk().say(
        f"Recorded. It counts from the next load, or: workbench clusters {case.root} --rebuild"
    )
    return 0
