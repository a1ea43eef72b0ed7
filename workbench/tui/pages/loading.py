"""How a page is filled: its first queries while its widgets are made, the rest once it is seen."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Protocol

from textual.worker import Worker

from workbench.errors import Cancelled, WorkbenchError
from workbench.tui.messages import Failed
from workbench.tui.services.query_service import Rows
from workbench.tui.shell.context import Context
from workbench.tui.textual_ext.gc_schedule import collect_between_pages

Wanted = tuple[str, Mapping[str, object]]


class Loadable(Protocol):
    """A page that reads page queries."""

    def first_pages(self) -> Sequence[Wanted]:
        """The page queries behind the first sight, and their parameters."""

    async def fill(self) -> None:
        """Read what the page shows first."""

    async def fill_behind(self) -> None:
        """Read what is a key away, once the first sight is there."""

    def post_message(self, message: Failed) -> bool:
        """Say what failed."""

    def load_in_worker(self) -> Worker[None]:
        """Run the loader's `load` beside the event loop's other work; an earlier one ends."""


class PageLoader:
    """Fills one page, and fills it again when the ledger changed."""

    def __init__(self, page: Loadable, context: Context) -> None:
        self.filled = False
        self.stale = False  # what the page shows may be of an older ledger
        self._page = page
        self._context = context
        self._sight = asyncio.Event()
        self.seen = asyncio.Event()  # set once the page is on the terminal
        self._ahead: asyncio.Future[list[Rows]] | None = None

    async def load(self) -> None:
        """Fill the page; what fails is said."""
        try:
            await self._page.fill()
            self.filled = True
            self._sight.set()
            await self.seen.wait()  # what runs behind would take the processors from drawing
            await self._page.fill_behind()
            collect_between_pages()
        except Cancelled:
            return
        except WorkbenchError as error:
            self._page.post_message(Failed(error))
        finally:
            self._sight.set()

    def load_again(self) -> None:
        """Fill the page again; what waits for its first sight waits anew."""
        self._sight.clear()
        self._page.load_in_worker()

    async def first_sight(self, seconds: float) -> None:
        """Wait until the page is filled, or cannot be, or for so many seconds."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._sight.wait(), seconds)

    def read_ahead(self) -> None:
        """Ask for the first pages; they are read while the widgets are made."""
        if wanted := self._page.first_pages():
            self._ahead = self.pages(*wanted)

    def cancel_ahead(self) -> None:
        """Nobody asks any more for what was read ahead."""
        ahead, self._ahead = self._ahead, None
        if ahead is not None:
            ahead.cancel()

    async def first(self) -> list[Rows]:
        """Rows of the first pages, in their order."""
        ahead, self._ahead = self._ahead, None
        return await (ahead or self.pages(*self._page.first_pages()))

    async def page(self, query: str, given: Mapping[str, object]) -> Rows:
        """Rows of a page query."""
        service, saved = self._context.query_service, self._context.library.shipped(query)
        return replace(await service.rows(saved, given), asked=(query, given))

    def pages(self, *wanted: Wanted) -> asyncio.Future[list[Rows]]:
        """Several page queries at the same time."""
        return asyncio.gather(*(self.page(name, given) for name, given in wanted))
