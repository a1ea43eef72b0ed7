"""Runs a playbook step by step over any engine: what to say, when to stop, what to collect."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from workbench.errors import UsageError
from workbench.playbooks.binding import Bound, ExtractSpan, bind
from workbench.playbooks.format import SavedQuery
from workbench.playbooks.library import Library
from workbench.playbooks.playbook import STOP_RULE, Playbook, Step

Ask = Callable[[SavedQuery, Bound], tuple[list[str], list[list[Any]], bool]]
_COMPARE: Mapping[str, Callable[[int, int], bool]] = {
    "=": lambda rows, bound: rows == bound,
    "<": lambda rows, bound: rows < bound,
    ">": lambda rows, bound: rows > bound,
    "<=": lambda rows, bound: rows <= bound,
    ">=": lambda rows, bound: rows >= bound,
}


@dataclass(frozen=True)
class StepResult:
    """One step as it ran: its rows, what it collected, and whether it ended the run."""

    number: int
    step: Step
    query: SavedQuery
    parameters: Bound
    names: list[str]
    rows: list[list[Any]]
    more: bool
    marked: dict[str, list[str]] = field(default_factory=dict)
    stops: bool = False


def stops(condition: str, rows: int) -> bool:
    """Whether a row bound such as `rows = 0` holds; raises UsageError for another form."""
    if not condition:
        return False
    match = STOP_RULE.fullmatch(condition)
    if match is None:
        raise UsageError(f"“{condition}” is no stop rule.", hint="Write: rows = 0, rows > 10000 …")
    return _COMPARE[match.group(1)](rows, int(match.group(2)))


def check_values(playbook: Playbook, given: Mapping[str, object]) -> None:
    """Raise UsageError for a value of a playbook that is missing or unknown."""
    known = {parameter.name for parameter in playbook.params}
    for name in given:
        if name not in known:
            listed = ", ".join(sorted(known)) or "it has none"
            raise UsageError(f"{playbook.id} has no parameter “{name}”.", hint=f"It has: {listed}.")
    for parameter in playbook.params:
        if parameter.required and parameter.name not in given:
            raise UsageError(
                f"The playbook {playbook.id} needs {parameter.name}.",
                hint=f"Give -p {parameter.name}=VALUE. {parameter.help}",
            )


def step_values(step: Step, query: SavedQuery, given: Mapping[str, object]) -> dict[str, object]:
    """The values of one step: its own, and those of the playbook's that its query takes."""
    takes = {parameter.name for parameter in query.params}
    return {name: value for name, value in given.items() if name in takes} | step.params


def step_note(playbook: str, number: int, query: SavedQuery, rows: int, digest: str) -> str:
    """What the ledger says of a step that was run: query, revision, digests, rows."""
    return (
        f"playbook {playbook} step {number}: {query.id} rev {query.rev} {query.sha256} "
        f"{query.trust} rows {rows} result {digest}"
    )


def run_playbook(
    playbook: Playbook,
    library: Library,
    given: Mapping[str, object],
    span: ExtractSpan,
    ask: Ask,
) -> Iterator[StepResult]:
    """Run the steps in order until one stops; values go to each step whose query takes them.

    Raises UsageError for a value that is missing or unknown, and whatever `ask` raises.
    """
    check_values(playbook, given)
    marked: dict[str, list[str]] = {}
    for number, step in enumerate(playbook.steps, 1):
        query = library.query(step.query)
        parameters = bind(query, step_values(step, query, given), span)
        names, rows, more = ask(query, parameters)
        if step.mark in names:
            at = names.index(step.mark)
            found = (str(row[at]) for row in rows if row[at] is not None)
            marked[step.mark] = list(dict.fromkeys([*marked.get(step.mark, []), *found]))
        ends = stops(step.stop_if, len(rows))
        yield StepResult(
            number, step, query, parameters, names, rows, more,
            {name: list(values) for name, values in marked.items()}, ends,
        )  # fmt: skip
        if ends:
            return
