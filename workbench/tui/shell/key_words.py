"""The keys that our own parts bind, and how they are printed on a keyboard."""

from __future__ import annotations

from collections.abc import Iterator

from textual.binding import Binding
from textual.dom import DOMNode

_SHOWN = {
    "question_mark": "?", "colon": ":", "slash": "/", "exclamation_mark": "!", "minus": "-",
    "underscore": "_", "equals_sign": "=", "left_parenthesis": "(", "right_parenthesis": ")",
    "number_sign": "#", "plus": "+", "less_than_sign": "<",
    "greater_than_sign": ">", "left_square_bracket": "[", "right_square_bracket": "]",
    "backspace": "⌫", "pagedown": "pgdn", "pageup": "pgup", "semicolon": ";", "asterisk": "*",
    "quotation_mark": '"',
}  # fmt: skip


def key_words(keys: str) -> str:
    """Keys of a binding as they are printed on a keyboard."""
    return " or ".join(_SHOWN.get(key, key) for key in keys.split(","))


def own_bindings(node: DOMNode | type[DOMNode]) -> Iterator[Binding]:
    """The bindings that our own classes declare, most particular first."""
    kind = node if isinstance(node, type) else type(node)
    seen: set[str] = set()
    for parent in kind.__mro__:
        if not parent.__module__.startswith("workbench."):
            continue
        for item in vars(parent).get("BINDINGS", []):
            binding = item if isinstance(item, Binding) else Binding(*item)
            if binding.action not in seen and binding.description:
                seen.add(binding.action)
                yield binding
