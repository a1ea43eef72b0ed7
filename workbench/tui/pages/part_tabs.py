"""One step at a time: named parts of a page, of which one is shown."""

from __future__ import annotations

from dataclasses import dataclass

from textual.content import Content
from textual.message import Message
from textual.widgets import Static


class PartTabs(Static):
    """A line of part names; the one shown is marked by colour and brackets."""

    DEFAULT_CSS = """
    PartTabs { height: 1; background: $surface; }
    """

    @dataclass
    class Chosen(Message):
        """Another part is shown."""

        name: str

    def __init__(self, parts: tuple[tuple[str, str], ...], *, id: str) -> None:
        """`parts` are (key, name) pairs; the name is also the id of the part's widget."""
        super().__init__("", id=id, markup=False)
        self.parts = parts
        self.shown = parts[0][1]

    def on_mount(self) -> None:
        """Show the first part."""
        self.choose(self.shown)

    def choose(self, name: str) -> None:
        """Show a part and hide its neighbours."""
        if name not in [part for _, part in self.parts]:
            return
        self.shown = name
        pieces: list[tuple[str, str]] = []
        for key, part in self.parts:
            here = part == name
            pieces.append((f"[{key} {part}]" if here else f" {key} {part} ",
                           "bold $accent" if here else "$text-muted"))  # fmt: skip
            assert self.parent is not None
            for widget in self.parent.query(f"#part-{part}"):
                widget.display = here
        self.update(Content.assemble(*pieces))
        self.post_message(self.Chosen(name))
