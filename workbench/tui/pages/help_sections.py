"""What the help is about: whose keys it lists, and which text stands on the page in front."""

from __future__ import annotations

from textual.dom import DOMNode
from textual.screen import Screen

from workbench.tui.grid.grid import Grid
from workbench.tui.pages.view import View
from workbench.tui.results.pane import ResultPane
from workbench.tui.results.tabs import ResultTabs
from workbench.tui.sql.editor import SqlText

Section = tuple[str, DOMNode | type[DOMNode]]


def help_sections(bench: DOMNode, view: View | None) -> list[Section]:
    """Headings with the part whose keys stand under each."""
    sections: list[Section] = [("Everywhere", bench)]
    if view is not None:
        if view.query(ResultPane):
            sections.insert(0, ("Several results", ResultTabs))
            sections.insert(0, ("Results", ResultPane))
        if view.query(SqlText):
            sections.insert(0, ("Editor", SqlText))
        if view.query(Grid):
            sections.insert(0, ("Rows", Grid))
        sections.insert(0, (view.route.word, view))
    return sections


def text_on(screen: Screen[object]) -> str:
    """What the parts of a screen show at this moment, line by line."""
    leaves = [one for one in screen.query("*") if one.is_on_screen and not one.children]
    return "\n".join(strip.text for leaf in leaves for strip in leaf.render_lines(leaf.size.region))
