"""The playbook file: TOML with ordered steps that name saved queries."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from workbench.errors import UsageError
from workbench.playbooks.format import (
    SHIPPED,
    Parameter,
    Source,
    normalised,
    read_parameters,
)
from workbench.text.bounded import read_toml

_MAX_STEPS = 200
# Nothing else is evaluated: a comparison of the number of rows.
STOP_RULE = re.compile(r"\s*rows\s*(=|<|>|<=|>=)\s*([0-9]{1,15})\s*")


@dataclass(frozen=True)
class Step:
    """One step of a playbook: a query with values, what to say, when to stop, what to collect."""

    query: str
    params: dict[str, Any] = field(default_factory=dict)
    say: str = ""
    stop_if: str = ""
    mark: str = ""
    decide: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Playbook:
    """Ordered steps that name queries."""

    id: str
    title: str
    path: Path
    question: str = ""
    params: tuple[Parameter, ...] = ()
    steps: tuple[Step, ...] = ()
    trust: str = SHIPPED
    sha256: str = ""
    text: str = field(default="", repr=False)  # the file as it was read

    def matches(self, words: str) -> bool:
        """Whether all words are in what it is called and asks."""
        text = " ".join(("playbook", self.id, self.title, self.question)).lower()
        return all(word in text for word in words.lower().split())


def parse_playbook(text: str, path: Path, trust: str) -> Playbook:
    """Parse the text of a playbook; raises UsageError naming the file and what is wrong."""
    source = Source(path)
    try:
        values = read_toml(text)
    except ValueError as error:
        raise UsageError(f"{path} cannot be read: {error}") from error
    steps = source.build_all(Step, values.pop("step", []), "step")
    params = read_parameters(path, values.pop("params", {}))
    source.only(values, ("id", "title", "question"), "field")
    for name in ("id", "title"):
        if name not in values:
            raise source.wrong(f"the field “{name}” is missing")
    words = {name: source.typed(value, str, name) for name, value in values.items()}
    source.check_id(words["id"])
    if len(steps) > _MAX_STEPS:
        raise source.wrong(f"it has {len(steps):,} steps, more than {_MAX_STEPS}")
    for number, step in enumerate(steps, 1):
        if step.stop_if and STOP_RULE.fullmatch(step.stop_if) is None:
            raise source.wrong(
                f"step {number}: “{step.stop_if}” is no stop rule", "Write: rows = 0, rows > 10000"
            )
    return Playbook(
        path=path, params=params, steps=steps, trust=trust, text=text,
        sha256=hashlib.sha256(normalised(text)).hexdigest(), **words,
    )  # fmt: skip
