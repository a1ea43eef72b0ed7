"""Shows what was loaded or analysed while the bench is open: the worker reads the new store."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from typing import Protocol

from workbench.case.folder import Case
from workbench.case.manifest import Manifest
from workbench.decisions.service import CaseService
from workbench.playbooks.binding import ExtractSpan
from workbench.playbooks.library import Library
from workbench.tui.services.query_service import QueryService
from workbench.workers.host.opening import opening_of


class Freezable(Protocol):
    """A result that is open."""

    def freeze(self, generation: int) -> None:
        """Its rows are those of this generation, which is no more the newest."""


class CaseFollower:
    """Puts another generation or analysis of the same case under the bench."""

    def __init__(
        self,
        service: CaseService,
        query_service: QueryService,
        library: Callable[[], Library],
        results: Callable[[], Iterable[Freezable]],
    ) -> None:
        """`library` and `results` give the saved queries and the open results of the moment."""
        self._library = library
        self._results = results
        self._service = service
        self._query_service = query_service
        self._one_at_a_time = asyncio.Lock()
        self._holds: list[object] = []  # so that nothing that is open here is removed

    async def follow(self) -> str:
        """Read the newest store of the case; says what came, or nothing where nothing did.

        Raises WorkbenchError where the case cannot be read; the bench then stays where it was.
        """
        async with self._one_at_a_time:
            background, service = self._query_service.background, self._service
            case = await background(Case.open, service.case_path)
            before = service.case.manifest
            if _numbers(case.manifest) == _numbers(before):
                return ""
            self._holds.append(await background(case.hold_generation))
            opening = await background(opening_of, case)
            await self._query_service.follow(case.parts, opening)
            service.case = case
            for one in self._results():
                one.freeze(before.generation)
            span = await self._query_service.rows(self._library().shipped("overview-span"))
            self._query_service.span = ExtractSpan.of(span.first())
            return _words(before, case.manifest)


def data_of(service: CaseService) -> tuple[int, int]:
    """Which data the bench shows: generation and analysis."""
    return _numbers(service.case.manifest)


def _numbers(manifest: Manifest) -> tuple[int, int]:
    return manifest.generation, manifest.analysis


def _words(before: Manifest, now: Manifest) -> str:
    if now.generation == before.generation:
        return f"The clusters were made anew (generation {now.generation}); pages follow."
    came = "was loaded" if now.generation > before.generation else "is in force again"
    pages = "pages follow" if now.analysis else "its clusters are not found yet"
    return (
        f"Generation {now.generation} {came}; {pages}. Open results stay those of "
        f"generation {before.generation}: r runs one again."
    )
