"""One place a module: what an analyst can open, and the dialogs above it."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from workbench.tui.pages.view import View
    from workbench.tui.routes import Route

# Kind of place to module and class: a view is imported when it is first opened.
_VIEWS = {
    "overview": ("overview", "Overview"),
    "clusters": ("clusters", "Clusters"),
    "cluster": ("cluster", "ClusterPage"),
    "campaigns": ("campaigns", "Campaigns"),
    "campaign": ("campaign", "CampaignPage"),
    "account": ("account", "AccountPage"),
    "entity": ("entity", "EntityPage"),
    "exchange": ("exchange", "ExchangeReader"),
    "queries": ("queries", "Queries"),
    "playbook": ("playbook", "PlaybookPage"),
    "query": ("query", "QueryResult"),
    "sql": ("sql", "SqlView"),
    "decisions": ("decisions", "Decisions"),
    "ledger": ("ledger", "LedgerView"),
    "sample": ("sample", "SamplePage"),
}
KINDS = frozenset(_VIEWS)


def open_view(route: Route, state: dict[str, Any]) -> View:
    """Make the view of a place."""
    module, name = _VIEWS[route.kind]
    made = getattr(importlib.import_module(f"workbench.tui.pages.{module}"), name)
    view: View = made(route, state)
    return view
