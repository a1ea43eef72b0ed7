"""The generated parts of README.md: `python -m tests.docs.generated` writes them."""

from __future__ import annotations

import re
from pathlib import Path

import click

from workbench.catalog.tables import TABLES
from workbench.cli.commands import COMMANDS
from workbench.cli.main import cli
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

README = Path(__file__).resolve().parents[2] / "README.md"
_PARTS = (
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


def keys() -> str:
    """Key tables by part."""
    lines = ["| where | key | what it does |", "|---|---|---|"]
    for title, part in _PARTS:
        for binding in own_bindings(part):
            if part is not View and (binding.id or "").startswith("shared."):
                continue  # they are the same in every view
            shown = key_words(binding.key).replace("|", "\\|")
            lines.append(f"| {title} | `{shown}` | {binding.description} |")
    return "\n".join(lines)


def commands() -> str:
    """One line a command, with those of its group."""
    lines = ["| command | what it does |", "|---|---|"]
    context = click.Context(cli, info_name="workbench")
    for name in COMMANDS:
        command = cli.get_command(context, name)
        assert command is not None
        lines += _command_lines(f"workbench {name}", command, context)
    return "\n".join(lines)


def _command_lines(name: str, command: click.Command, context: click.Context) -> list[str]:
    usage = " ".join([name, *_words(command, context)])
    lines = [f"| `{usage}` | {command.get_short_help_str(120)} |"]
    if isinstance(command, click.Group):
        for inner, leaf in command.commands.items():
            lines += _command_lines(f"{name} {inner}", leaf, context)
    return lines


def _words(command: click.Command, context: click.Context) -> list[str]:
    return [
        parameter.make_metavar(context)
        for parameter in command.params
        if isinstance(parameter, click.Argument)
    ]


def dictionary() -> str:
    """Every table with its columns."""
    lines: list[str] = []
    for table in TABLES.values():
        lines.append(f"**{table.name}** — {table.meaning}\n")
        lines.append("| column | type | meaning |\n|---|---|---|")
        for column in table.columns:
            mark = "*" if column.required else "†" if column.computed else ""
            unit = f" ({column.unit})" if column.unit else ""
            lines.append(f"| {column.name}{mark} | {column.type} | {column.meaning}{unit} |")
        lines.append("")
    return "\n".join(lines).rstrip()


def with_generated(text: str) -> str:
    """README text with its generated parts written anew."""
    for name, part in (("keys", keys()), ("commands", commands()), ("dictionary", dictionary())):
        pattern = re.compile(f"<!-- {name} -->\n.*?<!-- /{name} -->", re.DOTALL)
        block = f"<!-- {name} -->\n{part}\n<!-- /{name} -->"
        found = pattern.findall(text)
        assert len(found) == 1, name
        text = text.replace(found[0], block)
    return text


if __name__ == "__main__":
    README.write_text(with_generated(README.read_text(encoding="utf-8")), encoding="utf-8")
