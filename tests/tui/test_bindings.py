"""Keys: none hides another, none needs what plain SSH cannot send, each says what it does."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Iterator

import pytest
from textual.binding import Binding
from textual.dom import DOMNode

from workbench.tui import pages
from workbench.tui.app import Bench
from workbench.tui.grid.grid import Grid
from workbench.tui.pages.view import View
from workbench.tui.results.pane import ResultPane
from workbench.tui.results.tabs import ResultTabs
from workbench.tui.shell.key_words import own_bindings
from workbench.tui.sql.editor import SqlText

# What a terminal sends for these is Backspace, Tab or Enter, or it closes.
UNSENDABLE = {"ctrl+h", "ctrl+i", "ctrl+m", "ctrl+w", "ctrl+n", "f10", "f11"}


def views() -> Iterator[type[View]]:
    for module in pkgutil.iter_modules(pages.__path__):
        loaded = importlib.import_module(f"{pages.__name__}.{module.name}")
        for _name, kind in inspect.getmembers(loaded, inspect.isclass):
            if issubclass(kind, View) and kind is not View and kind.__module__ == loaded.__name__:
                yield kind


VIEWS = list(views())


def keys(kind: type[DOMNode]) -> dict[str, Binding]:
    return {key: binding for binding in own_bindings(kind) for key in binding.key.split(",")}


@pytest.mark.parametrize("view", VIEWS, ids=lambda kind: kind.__name__)
def test_a_grid_hides_no_key_of_its_view(view: type[View]) -> None:
    taken = keys(Grid)
    if view.__name__ in ("QueryResult", "SqlView"):
        taken = taken | keys(ResultPane) | keys(ResultTabs)
    assert not keys(view).keys() & taken.keys()


@pytest.mark.parametrize("view", VIEWS, ids=lambda kind: kind.__name__)
def test_a_view_hides_no_key_of_the_bench(view: type[View]) -> None:
    assert not keys(view).keys() & keys(Bench).keys()


def test_grid_and_results_hide_no_key_of_the_bench() -> None:
    taken = keys(Grid).keys() | keys(ResultPane).keys() | keys(ResultTabs).keys()
    assert not taken & keys(Bench).keys()
    assert not keys(Grid).keys() & keys(ResultPane).keys()
    assert not (keys(Grid).keys() | keys(ResultPane).keys()) & keys(ResultTabs).keys()


@pytest.mark.parametrize(
    "kind", [Bench, Grid, ResultPane, ResultTabs, SqlText, *VIEWS], ids=lambda kind: kind.__name__
)
def test_every_action_has_a_key_that_arrives_and_a_word(kind: type[DOMNode]) -> None:
    for binding in own_bindings(kind):
        assert binding.description
        assert set(binding.key.split(",")) - UNSENDABLE, binding
        assert binding.id, binding
