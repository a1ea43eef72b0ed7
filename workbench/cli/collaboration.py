"""`queue`, `claim`, `release`, `comment`: several analysts at one case."""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from workbench.case.folder import Case
from workbench.cli import output
from workbench.cli.session import CASE, Choices, choices, open_case, put_records
from workbench.decisions import collaboration
from workbench.decisions.service import CaseService
from workbench.errors import UsageError, WorkbenchError
from workbench.settings import load_settings

_KINDS = ("account", "cluster", "campaign")
Subjects = list[tuple[str, str]]
_QUEUE = ["cluster_id", "score", "campaign_like", "accounts", "undecided", "claimed_by",
          "comments", "summary"]  # fmt: skip
_COMMENT = ["at", "analyst", "subject", "id", "text"]


def _subject(function: Callable[..., int]) -> Callable[..., int]:
    """Add --account, --cluster and --campaign; the command gets those given as `subjects`."""

    @functools.wraps(function)
    def wrapped(**given: Any) -> int:
        named = {kind: given.pop(kind) for kind in _KINDS}
        return function(subjects=[(kind, name) for kind, name in named.items() if name], **given)

    command: Callable[..., int] = wrapped
    for kind in reversed(_KINDS):
        command = click.option(f"--{kind}", metavar="ID", help=f"the {kind}")(command)
    return command


def _one(subjects: Subjects) -> tuple[str, str]:
    if len(subjects) != 1:
        raise UsageError("Give one subject: --account ID, --cluster ID or --campaign ID.")
    return subjects[0]


def _known(case: Path, kind: str, name: str, act: Callable[[CaseService], str]) -> str:
    """Do something about a subject that the case has."""
    with open_case(case) as session:
        if not session.rows(f"{kind}-card", **{kind: name}):
            raise WorkbenchError(
                f"There is no {kind} “{name}” in this case.",
                hint=f"Look for it: workbench find {case} TEXT",
            )
        return act(session.service)


@click.command()
@CASE
@_subject
def claim(case: Path, subjects: Subjects) -> int:
    """Take an account, cluster or campaign of CASE on, so that nobody else works on it."""
    kind, name = _one(subjects)
    output.write(
        f"{_known(case, kind, name, lambda service: collaboration.claim(service, kind, name))}\n"
    )
    output.Talk().say(f"The {kind} {name} is yours until you release it.")
    return 0


@click.command()
@CASE
@_subject
@click.option("--note", default="", help="why, in words")
def release(case: Path, subjects: Subjects, note: str) -> int:
    """Give an account, cluster or campaign of CASE back, yours or an absent colleague's."""
    kind, name = _one(subjects)
    service = CaseService(Case.open(case), load_settings())
    try:
        output.write(f"{collaboration.release(service, kind, name, note)}\n")
    finally:
        service.close()
    output.Talk().say(f"The {kind} {name} is free.")
    return 0


@click.command()
@CASE
@click.argument("text", required=False)
@_subject
@choices
def comment(case: Path, text: str | None, subjects: Subjects, chosen: Choices) -> int:
    """Remark TEXT on an account, cluster or campaign of CASE; without TEXT, list remarks."""
    if text is not None:
        kind, name = _one(subjects)

        def remark(service: CaseService) -> str:
            return collaboration.comment(service, kind, name, text)

        output.write(f"{_known(case, kind, name, remark)}\n")
        return 0
    kind, name = _one(subjects) if subjects else ("", "")
    service = CaseService(Case.open(case), load_settings())
    try:
        found = collaboration.comments(service, kind, name)
    finally:
        service.close()
    rows: list[list[Any]] = [[one.at, one.analyst, one.kind, one.id, one.text] for one in found]
    put_records(chosen, _COMMENT, rows, case)
    return 0


@click.command()
@CASE
@click.option("--free", is_flag=True, help="only what nobody has taken on")
@click.option("--mine", is_flag=True, help="only what you have taken on")
@choices
def queue(case: Path, free: bool, mine: bool, chosen: Choices) -> int:
    """The clusters of CASE with members left to decide, and who has taken them on."""
    with open_case(case) as session:
        listed = collaboration.undecided(session.service, session.rows("clusters-list"))
        me = session.service.analyst
    rows = [
        [row[name] for name in _QUEUE]
        for row in listed
        if not (free and row["claimed_by"]) and not (mine and row["claimed_by"] != me)
    ]
    put_records(chosen, _QUEUE, rows, case)
    return 0
