"""What the palette offers: every action of the bench and of the view in front."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial

from textual.app import SystemCommand
from textual.dom import DOMNode
from textual.message import Message

from workbench.playbooks.library import Library
from workbench.text.sanitize import safe_text
from workbench.tui.messages import RunQuery
from workbench.tui.shell.key_words import key_words, own_bindings
from workbench.tui.shell.theme import THEMES


def palette_commands(
    parts: Sequence[DOMNode],
    run: Callable[[str, DOMNode], object],
    choose_theme: Callable[[str], None],
    library: Library,
    post: Callable[[Message], object],
) -> Iterator[SystemCommand]:
    """Actions of the parts with their keys, most particular first, themes, saved queries."""
    seen: set[str] = set()
    for node in parts:
        for binding in own_bindings(node):
            if binding.description in seen:
                continue
            seen.add(binding.description)
            yield SystemCommand(
                binding.description.capitalize(),
                f"key: {key_words(binding.key)}",
                partial(run, binding.action, node),
            )
    for theme in THEMES:
        yield SystemCommand(f"Colours: {theme.name}", "", partial(choose_theme, theme.name))
    for query in library.runnable():
        title = f"Run: {_plain(query.title)}"
        yield SystemCommand(title, query.id, partial(post, RunQuery(query.id)))


def _plain(title: str) -> str:
    """A title that is no markup to the palette, which reads its entries as such."""
    return safe_text(title, 120).replace("[", "\N{FULLWIDTH LEFT SQUARE BRACKET}")
