"""Names are the field's nouns: retired ones are borne by nothing that code or a reader meets."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from workbench.cli.commands import COMMANDS
from workbench.cli.main import cli

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "workbench"

# A name bears one of these where it is a word of it: `_told`, `ThumbView`, `the_desk`.
RETIRED = {
    "telling": "value ratios", "judge": "scorecard", "parties": "subgroups",
    "aims": "intent patterns", "seeds": "communities", "fold": "reducer", "folded": "reduced",
    "acknowledged": "witness", "travel": "transfer", "desk": "case service",
    "standing": "queries", "governed": "policy hooks", "stage": "view stack",
    "stops": "entries", "trail": "route history", "acts": "what they do",
    "thumb": "scrollbar", "told": "on_progress", "jobs": "query service",
    "most": "max_…", "few": "min_share_…", "hardly": "max_share_…", "patience": "…_seconds",
}  # fmt: skip
# These are ordinary words inside a name (`render_lines`), and riddles where they are the whole.
RETIRED_WHOLE = {
    "queues": "shared_queue", "without": "ablation", "lanes": "parallel_scan",
    "beside": "verify_attachments", "listing": "entity_lists",
    "team": "collaboration", "places": "routes", "stop": "history entry", "ending": "lifecycle",
    "Verdict": "ClusterScore",
}  # fmt: skip
# Modules alone: as the name of a function or a column these are what they say.
RETIRED_MODULES = {"lines": "entries"}
# Ordinary English that happens to hold such a word, each with why it may stay.
ALLOWED = {
    "lanes": "swim lanes are the field's own",
    "stops": "whether a step ends the playbook",
    "jobs": "jobs of a worker or a cron are the field's own",
}


def words(name: str) -> list[str]:
    """The words of a name, whatever its case."""
    parts = re.split(r"_+|(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|\W+", name)
    return [part.lower() for part in parts if part]


def retired_in(name: str) -> str:
    """The retired word that a name bears, or the empty string."""
    if name in RETIRED_WHOLE and name not in ALLOWED:
        return name
    return next((word for word in words(name) if word in RETIRED and word not in ALLOWED), "")


def names_of(path: Path) -> Iterator[tuple[str, int]]:
    """Modules, classes, functions, constants and fields of messages, with their lines."""
    yield path.stem, 1
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name, node.lineno
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            yield node.target.id, node.lineno
        elif isinstance(node, ast.Assign):
            for target in node.targets:
                for part in ast.walk(target):
                    if isinstance(part, ast.Name) and part.id.lstrip("_").isupper():
                        yield part.id, node.lineno


@pytest.mark.parametrize(
    "path", sorted(PACKAGE.rglob("*.py")), ids=lambda path: str(path.relative_to(PACKAGE))
)
def test_no_name_is_retired(path: Path) -> None:
    assert path.stem not in RETIRED_MODULES
    found = [f"line {line}: {name}" for name, line in names_of(path) if retired_in(name)]
    assert found == []
    folders = [part for part in path.relative_to(PACKAGE).parts[:-1] if retired_in(part)]
    assert folders == []


def command_words(command: click.Command, path: tuple[str, ...]) -> Iterator[str]:
    """The words of a command line: commands, options, choices."""
    yield from path
    for parameter in command.params:
        yield from parameter.opts
        if isinstance(parameter.type, click.Choice):
            yield from map(str, parameter.type.choices)
    if isinstance(command, click.Group):
        for name, below in command.commands.items():
            yield from command_words(below, (*path, name))


def test_no_word_of_the_command_line_is_retired() -> None:
    context = click.Context(cli, info_name="workbench")
    found = []
    for name in COMMANDS:
        command = cli.get_command(context, name)
        assert command is not None
        found += [word for word in command_words(command, (name,)) if retired_in(word)]
    assert found == []


def headings() -> Iterator[tuple[Path, str]]:
    """Headings of the pages that a reader opens."""
    for page in (ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))):
        fenced = False
        for line in page.read_text(encoding="utf-8").splitlines():
            fenced ^= line.startswith("```")
            if line.startswith("#") and not fenced:
                yield page, line


def test_no_heading_is_retired() -> None:
    assert [(page.name, line) for page, line in headings() if retired_in(line)] == []


@pytest.mark.parametrize(
    ("name", "bears"),
    [("_MOST_ROWS", True), ("ThumbView", True), ("thumbnail", False), ("render_lines", False),
     ("listing", True), ("ask_once", False), ("_PATIENCE", True), ("swim_lanes", False),
     ("almost", False), ("judge_all", True)],
)  # fmt: skip
def test_the_rule_itself(name: str, bears: bool) -> None:
    assert bool(retired_in(name)) is bears
