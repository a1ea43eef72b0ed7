"""The generated parts of the pages: `python -m tests.docs.generated` writes them anew.

A part stands between `<!-- name -->` and `<!-- /name -->` on the page that `PARTS` names for it.
"""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import click
from textual.binding import Binding

from workbench.audit.state.policy import CLEAR_REASONS, FLAG_REASONS
from workbench.catalog.columns import ENTITY_FAMILIES
from workbench.catalog.tables import TABLES
from workbench.cli.commands import COMMANDS
from workbench.cli.main import cli
from workbench.detection.graph.links import SOURCES
from workbench.playbooks.format import SavedQuery
from workbench.playbooks.library import Library, read_library
from workbench.resources import queries_dir
from workbench.settings import describe
from workbench.text.glossary import glossary as glossary_terms
from workbench.tui.app import Bench
from workbench.tui.grid.grid import Grid
from workbench.tui.pages import (
    account,
    campaign,
    campaigns,
    cluster,
    decisions,
    entity,
    exchange,
    ledger,
    overview,
    playbook,
    queries,
    query,
    sample,
    sql,
)
from workbench.tui.pages.view import View
from workbench.tui.results.pane import ResultPane
from workbench.tui.results.tabs import ResultTabs
from workbench.tui.shell.key_words import key_words, own_bindings
from workbench.tui.sql.editor import SqlText

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "workbench"
_PARTS_OF_THE_BENCH = (
    ("Everywhere", Bench), ("Rows", Grid), ("Results", ResultPane),
    ("Several results", ResultTabs), ("Editor", SqlText),
    ("Overview", overview.Overview), ("Cluster", cluster.ClusterPage),
    ("Account", account.AccountPage), ("Reader", exchange.ExchangeReader),
    ("Queries", queries.Queries), ("A query's result", query.QueryResult), ("SQL", sql.SqlView),
    ("Campaigns", campaigns.Campaigns), ("Campaign", campaign.CampaignPage),
    ("A value", entity.EntityPage), ("Playbook", playbook.PlaybookPage),
    ("An account or cluster", View), ("A sample", sample.SamplePage),
    ("Decisions", decisions.Decisions), ("Ledger", ledger.LedgerView),
)  # fmt: skip


def _table(*heads: str) -> list[str]:
    """The first two lines of a table."""
    return [f"| {' | '.join(heads)} |", "|" + "---|" * len(heads)]


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def _bindings() -> Iterator[tuple[str, Binding]]:
    """Every binding with the part of the bench that it belongs to."""
    for title, part in _PARTS_OF_THE_BENCH:
        for binding in own_bindings(part):
            if part is View or not (binding.id or "").startswith("shared."):
                yield title, binding  # shared ones are the same in every view


def keys() -> str:
    """Every key by part of the bench."""
    lines = _table("where", "key", "what it does")
    for title, binding in _bindings():
        lines.append(f"| {title} | `{_cell(key_words(binding.key))}` | {binding.description} |")
    return "\n".join(lines)


def shown_keys() -> set[str]:
    """Every key as a page may name it."""
    return {key for _, one in _bindings() for key in key_words(one.key).split(" or ")}


@cache
def every_command() -> dict[str, click.Command]:
    """Every command, those of groups included, by the words that call it."""
    context, found = click.Context(cli, info_name="workbench"), {}
    for name in COMMANDS:
        command = cli.get_command(context, name)
        assert command is not None
        found[f"workbench {name}"] = command
        if isinstance(command, click.Group):
            inner = command.commands.items()
            found |= {f"workbench {name} {word}": leaf for word, leaf in inner}
    return found


def commands() -> str:
    """One line a command."""
    lines = _table("command", "what it does")
    for name, command in every_command().items():
        usage = " ".join([name, *_arguments(command)])
        lines.append(f"| `{usage}` | {command.get_short_help_str(120)} |")
    return "\n".join(lines)


def _arguments(command: click.Command) -> list[str]:
    context = click.Context(command)
    given = [one for one in command.params if isinstance(one, click.Argument)]
    return [one.make_metavar(context) for one in given]


def options() -> str:
    """One line an option: what a command takes besides its arguments."""
    lines = _table("command", "option", "meaning")
    for name, command in every_command().items():
        shown = name.removeprefix("workbench ")
        for option in command.params:
            if isinstance(option, click.Option) and not option.hidden:
                words = " or ".join([*option.opts, *option.secondary_opts])
                kind = option.type
                if isinstance(kind, click.Choice):
                    words += " " + "\\|".join(map(str, kind.choices))
                needed = " (required)" if option.required else ""
                lines.append(f"| {shown} | `{words}` | {_cell(option.help or '')}{needed} |")
                shown = ""
    return "\n".join(lines)


def settings() -> str:
    """Every setting."""
    rows = (f"| `{name}` | {f'`{value}`' if value else ''} | {says} |"
            for name, value, says in describe())  # fmt: skip
    return "\n".join([*_table("setting", "as shipped", "meaning"), *rows])


def dictionary() -> str:
    """Every table with its columns."""
    lines: list[str] = []
    for table in TABLES.values():
        lines.append(f"### {table.name}\n\n{table.meaning[0].upper()}{table.meaning[1:]}.\n")
        lines += _table("column", "type", "unit", "entity", "meaning")
        for column in table.columns:
            mark = "*" if column.required else "†" if column.computed else ""
            cells = (column.name + mark, column.type, column.unit, column.entity, column.meaning)
            lines.append(f"| {' | '.join(map(_cell, cells))} |")
        lines.append("")
    return "\n".join(lines).rstrip()


def entities() -> str:
    """What a cell can be of."""
    rows = (f"| {name} | {meaning} |" for name, meaning in ENTITY_FAMILIES.items())
    return "\n".join([*_table("entity", "what it is"), *rows])


@cache
def pack() -> Library:
    """The shipped queries and playbooks."""
    return read_library(queries_dir())


def shipped() -> str:
    """The shipped queries that an analyst picks from, by pack."""
    lines = _table("pack", "query", "what it answers", "level", "values")
    before = ""
    for one in pack().listed():
        name = one.pack if one.pack != before else ""
        before = one.pack
        values = ", ".join(value.name for value in one.params)
        lines.append(f"| {name} | `{one.id}` | {_cell(one.question)} | {one.level} | {values} |")
    return "\n".join(lines)


def families() -> str:
    """The shipped link families."""
    lines = _table("family", "source", "weight", "hub", "what it asks", "who else shares it")
    for one in sorted(pack().traits(), key=lambda query: (query.family, query.id)):
        lines.append(f"| {' | '.join(_family_cells(one))} |")
    return "\n".join(lines)


def _family_cells(one: SavedQuery) -> Iterator[str]:
    yield f"`{one.family}`"
    yield SOURCES.get(one.family, one.family)
    yield f"{one.weight:g}"
    yield f"{one.hub_cap or 1000} ‰"
    yield _cell(one.question)
    yield _cell("; ".join(one.falsepositives))


def playbooks() -> str:
    """The shipped playbooks."""
    lines = _table("playbook", "what it answers", "steps")
    for one in pack().playbooks.values():
        steps = " → ".join(f"`{step.query}`" for step in one.steps)
        lines.append(f"| `{one.id}` | {_cell(one.question)} | {steps} |")
    return "\n".join(lines)


def reasons() -> str:
    """The shipped reason codes."""
    rows = (f"| `{code}` | {says} |" for code, says in {**FLAG_REASONS, **CLEAR_REASONS}.items())
    return "\n".join([*_table("reason", "meaning"), *rows])


def glossary() -> str:
    """Every term."""
    rows = (f"| **{term}** | {_cell(meaning)} |" for term, meaning in glossary_terms().items())
    return "\n".join([*_table("term", "meaning"), *rows])


def rooms() -> str:
    """The rooms from the top down: what each is, and which it imports."""
    house = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    order = house["tool"]["importlinter"]["contracts"][0]["layers"]
    named = [name.strip().removeprefix("workbench.") for row in order for name in row.split("|")]
    found = [name for name in [*named, "audit"] if (PACKAGE / name / "__init__.py").is_file()]
    lines = _table("room", "what it is", "imports")
    for name in found:
        doc = ast.get_docstring(ast.parse((PACKAGE / name / "__init__.py").read_text("utf-8")))
        used = [other for other in found if other in _imported(PACKAGE / name) - {name}]
        says = _cell((doc or "").partition("\n")[0])
        lines.append(f"| `workbench/{name}` | {says} | {', '.join(used)} |")
    return "\n".join(lines)


def _imported(room: Path) -> set[str]:
    """The rooms that the modules of a folder import."""
    found: set[str] = set()
    for path in room.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("workbench."):
                found.add((node.module or "").split(".")[1])
    return found


# Page to its generated parts.
PARTS: dict[str, tuple[Callable[[], str], ...]] = {
    "docs/commands.md": (commands, options, settings),
    "docs/keys.md": (keys,),
    "docs/data-dictionary.md": (dictionary, entities),
    "docs/queries.md": (shipped, families, playbooks),
    "docs/glossary.md": (glossary, reasons),
    "docs/architecture.md": (rooms,),
}


def renewed(page: str) -> str:
    """The text of a page with its generated parts written anew."""
    text = (ROOT / page).read_text(encoding="utf-8")
    for part in PARTS[page]:
        name = part.__name__
        pattern = re.compile(f"<!-- {name} -->\n.*?<!-- /{name} -->", re.DOTALL)
        found = pattern.findall(text)
        assert len(found) == 1, f"{page} has {len(found)} places for {name}"
        text = text.replace(found[0], f"<!-- {name} -->\n{part()}\n<!-- /{name} -->")
    return text


if __name__ == "__main__":
    for name in PARTS:
        (ROOT / name).write_text(renewed(name), encoding="utf-8")
