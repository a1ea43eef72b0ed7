"""How a place is filled: its first pages while its widgets are made, the rest behind the sight."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping, Sequence

from workbench.errors import Cancelled, WorkbenchError
from workbench.tui.messages import Failed
from workbench.tui.pages.collaboration import Shared
from workbench.tui.services.query_service import QueryService, Rows
from workbench.tui.textual_ext.gc_schedule import collect_between_pages


class Filling(Shared):
    """A place that reads page queries. Subclasses say which, and show them in `fill`."""

    def __init__(self, *, classes: str) -> None:
        super().__init__(classes=classes)
        self.filled = False
        self.stale = False  # what it shows may be of an older ledger
        self._sight = asyncio.Event()
        self.seen = asyncio.Event()  # set once it is on the terminal
        self._ahead: asyncio.Future[list[Rows]] | None = None

    @property
    def query_service(self) -> QueryService:
        """The bench's hands."""
        return self.bench.query_service

    def on_mount(self) -> None:
        """Fill the view beside the event loop's other work."""
        self.run_worker(self._fill(), group="fill", exclusive=True)

    async def _fill(self) -> None:
        try:
            await self.fill()
            self.filled = True
            self._sight.set()
            await self.seen.wait()  # what runs behind would take the processors from drawing
            await self.fill_behind()
            collect_between_pages()
        except Cancelled:
            return
        except WorkbenchError as error:
            self.post_message(Failed(error))
        finally:
            self._sight.set()

    async def first_sight(self, patience: float) -> None:
        """Wait until the view is filled, or cannot be, or for so many seconds."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._sight.wait(), patience)

    def first_pages(self) -> Sequence[tuple[str, Mapping[str, object]]]:
        """The page queries behind the first sight, and their parameters."""
        return ()

    def read_ahead(self) -> None:
        """Ask for the first pages; they are read while the widgets are made."""
        if self.first_pages():
            self._ahead = self.pages(*self.first_pages())

    def on_unmount(self) -> None:
        """Nobody asks any more for what was read ahead."""
        ahead, self._ahead = self._ahead, None
        if ahead is not None:
            ahead.cancel()

    async def first(self) -> list[Rows]:
        """Rows of the first pages, in their order."""
        ahead, self._ahead = self._ahead, None
        return await (ahead or self.pages(*self.first_pages()))

    async def fill(self) -> None:
        """Read what the view shows first."""

    async def fill_behind(self) -> None:
        """Read what is a key away, once the first sight is there."""

    async def page(self, query: str, **given: object) -> Rows:
        """Rows of a page query."""
        return await self.query_service.rows(self.bench.library.query(query), given)

    def pages(self, *wanted: tuple[str, Mapping[str, object]]) -> asyncio.Future[list[Rows]]:
        """Several page queries at the same time."""
        return asyncio.gather(*(self.page(name, **given) for name, given in wanted))
