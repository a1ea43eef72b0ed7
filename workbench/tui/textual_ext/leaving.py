"""Whether a part of the screen is on its way out."""

from __future__ import annotations

from textual.app import App
from textual.dom import DOMNode


def is_leaving(node: DOMNode) -> bool:
    """Whether a part, or what it stands in, is being removed; an app, whether it ends."""
    if isinstance(node, App):
        return node._exit or not node._running
    ways = [one for one in node.ancestors_with_self if isinstance(one, DOMNode)]
    return not node.is_attached or any(one._pruning or one._closing for one in ways)
