"""What the palette offers: every action of the bench and of the view in front."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

from textual.app import SystemCommand

from workbench.tui.dialogs.help import key_words, own_bindings
from workbench.tui.messages import RunQuery
from workbench.tui.shell.theme import THEMES

if TYPE_CHECKING:
    from workbench.tui.app import Bench


def palette_commands(bench: Bench) -> Iterator[SystemCommand]:
    """Actions with their keys, themes, and every saved query."""
    view = bench.view
    nodes = [node for node in (bench.focused, view, bench) if node is not None]
    seen: set[str] = set()
    for node in nodes:
        for binding in own_bindings(node):
            if binding.description in seen:
                continue
            seen.add(binding.description)
            yield SystemCommand(
                binding.description.capitalize(),
                f"key: {key_words(binding.key)}",
                partial(bench.run_bound_action, binding.action, node),
            )
    for theme in THEMES:
        yield SystemCommand(
            f"Colours: {theme.name}", "", partial(setattr, bench, "theme", theme.name)
        )
    for query in bench.library.listed():
        run = partial(bench.post_message, RunQuery(query.id))
        yield SystemCommand(f"Run: {query.title}", query.id, run)
