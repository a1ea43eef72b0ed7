"""Whose keys the help lists: of the view in front, of its rows and editor, of the bench."""

from __future__ import annotations

from textual.dom import DOMNode

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
