"""Which page answers which kind of route; a page's module is imported when it is first opened."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from workbench.tui.pages.view import View
from workbench.tui.routes import Route
from workbench.tui.shell.context import Context


def _overview() -> type[View]:
    from workbench.tui.pages.overview import Overview

    return Overview


def _clusters() -> type[View]:
    from workbench.tui.pages.clusters import Clusters

    return Clusters


def _cluster() -> type[View]:
    from workbench.tui.pages.cluster import ClusterPage

    return ClusterPage


def _campaigns() -> type[View]:
    from workbench.tui.pages.campaigns import Campaigns

    return Campaigns


def _campaign() -> type[View]:
    from workbench.tui.pages.campaign import CampaignPage

    return CampaignPage


def _account() -> type[View]:
    from workbench.tui.pages.account import AccountPage

    return AccountPage


def _entity() -> type[View]:
    from workbench.tui.pages.entity import EntityPage

    return EntityPage


def _exchange() -> type[View]:
    from workbench.tui.pages.exchange import ExchangeReader

    return ExchangeReader


def _queries() -> type[View]:
    from workbench.tui.pages.queries import Queries

    return Queries


def _playbook() -> type[View]:
    from workbench.tui.pages.playbook import PlaybookPage

    return PlaybookPage


def _query() -> type[View]:
    from workbench.tui.pages.query import QueryResult

    return QueryResult


def _sql() -> type[View]:
    from workbench.tui.pages.sql import SqlView

    return SqlView


def _decisions() -> type[View]:
    from workbench.tui.pages.decisions import Decisions

    return Decisions


def _ledger() -> type[View]:
    from workbench.tui.pages.ledger import LedgerView

    return LedgerView


def _sample() -> type[View]:
    from workbench.tui.pages.sample import SamplePage

    return SamplePage


_PAGES: dict[str, Callable[[], type[View]]] = {
    "overview": _overview,
    "clusters": _clusters,
    "cluster": _cluster,
    "campaigns": _campaigns,
    "campaign": _campaign,
    "account": _account,
    "entity": _entity,
    "exchange": _exchange,
    "queries": _queries,
    "playbook": _playbook,
    "query": _query,
    "sql": _sql,
    "decisions": _decisions,
    "ledger": _ledger,
    "sample": _sample,
}
KINDS = frozenset(_PAGES)


def open_view(context: Context, route: Route, state: dict[str, Any]) -> View:
    """Make the page of a route, as it was left."""
    return _PAGES[route.kind]()(context, route, state)
