"""Notices what others do to the case while the bench is open: records, loads, analyses."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from textual.app import App

from workbench.case.examined import file_identity
from workbench.case.folder import MANIFEST
from workbench.decisions.news import news_since
from workbench.decisions.service import CaseService
from workbench.errors import WorkbenchError
from workbench.text.format import excerpt_fitted
from workbench.text.sanitize import safe_text
from workbench.tui.messages import Failed, LedgerChanged
from workbench.tui.services.query_service import QueryService

_LOOK_SECONDS = 1.0
TOAST_CELLS = 56  # of a line in a notification


class CaseWatch:
    """Looks at the ledger and case.toml each second; a look is one stat of each."""

    def __init__(
        self,
        app: App[Any],
        service: CaseService,
        query_service: QueryService,
        follow_case: Callable[[], Awaitable[str]],
    ) -> None:
        """What shows the ledger is told by `LedgerChanged`; who did what is said here.

        `follow_case` puts new data under the bench, and says what came.
        """
        self._app = app
        self._follow_case = follow_case
        self._service = service
        self._query_service = query_service
        self._paths = (service.case.ledger_path, service.case_path / MANIFEST)
        self._seen = self._identities()
        self._size = 0
        self._looking = False

    def begin(self) -> None:
        """Look from now on."""
        self._app.set_interval(_LOOK_SECONDS, self._look)

    def _identities(self) -> list[str]:
        found = []
        for path in self._paths:
            try:
                found.append(file_identity(path))
            except OSError:  # nothing is recorded yet
                found.append("")
        return found

    def read_until(self, size: int) -> None:
        """The bench has read the ledger up to this many records."""
        self._size = size

    def _look(self) -> None:
        if not self._looking:
            self._looking = True
            self._app.run_worker(self._follow(), group="watch")

    async def _follow(self) -> None:
        try:
            before, self._seen = self._seen, await self._query_service.background(self._identities)
            if self._seen[0] != before[0]:
                await self._records()
            if self._seen[1] != before[1]:
                await self._load()
        finally:
            self._looking = False

    async def _records(self) -> None:
        background, service = self._query_service.background, self._service
        try:
            size, news = await background(news_since, service, self._size)
        except WorkbenchError:
            size, news = -1, []  # what is wrong with the ledger is said by reading it
        if size == self._size:
            return
        self._app.post_message(LedgerChanged())
        if news:
            words = safe_text("\n".join(news), 600, multiline=True)
            self._say(excerpt_fitted(words, TOAST_CELLS), "New records")

    async def _load(self) -> None:
        try:
            words = await self._follow_case()
        except WorkbenchError as error:
            self._app.post_message(Failed(error))
            return
        if words:
            self._say(excerpt_fitted(words, TOAST_CELLS), "New data")

    def _say(self, words: str, title: str) -> None:
        self._app.notify(words, title=title, severity="warning", markup=False)
