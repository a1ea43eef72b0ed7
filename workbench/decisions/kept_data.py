"""Which generations and analyses of a case its ledger rests on: these are not removed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

from workbench.audit.errors import DamagedError, MalformedError
from workbench.audit.log.append import Ledger
from workbench.audit.records.entries import read_record
from workbench.decisions.service import CaseService


def generations_named(service: CaseService) -> frozenset[tuple[int, int]]:
    """Generation and analysis of all evidence; analysis 0 where a record names none.

    Raises WorkbenchError where the ledger is unfit.
    """

    def reading(ledger: Ledger) -> frozenset[tuple[int, int]]:
        return frozenset(
            pair
            for record in ledger.records()
            for body in _bodies(ledger, record.fields)
            for pair in _named(body)
        )

    return service.read(reading)


def _bodies(ledger: Ledger, fields: Mapping[str, Any]) -> Iterator[Any]:
    """The body of a record, and of a merge those that it took over."""
    yield fields["body"]
    if fields["type"] == "merge":
        lines: list[str] = []
        with suppress(DamagedError):  # reported by `audit verify`
            lines = ledger.sets.get(fields["body"]["lines"]["set"])
        for line in lines:
            with suppress(MalformedError):
                yield read_record(line.encode("ascii", "replace"))["body"]


def _named(part: Any) -> Iterator[tuple[int, int]]:
    if isinstance(part, dict):
        number, analysis = part.get("generation"), part.get("analysis", 0)
        if isinstance(number, int) and isinstance(analysis, int):
            yield number, analysis
        for value in part.values():
            yield from _named(value)
    elif isinstance(part, list):
        for value in part:
            yield from _named(value)
