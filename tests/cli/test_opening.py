"""A command opens its case: the worker gets ready beside the reading, and hides all until then."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Bench
from workbench.cli import session
from workbench.decisions.masking import MASKABLE, NOTHING_MASKED, Mask
from workbench.playbooks.library import Library, library_in_sight
from workbench.workers.host.sync_client import QueryClient


def test_the_worker_starts_while_the_queries_are_read(
    bench: Bench, case: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[QueryClient] = []
    seen: list[tuple[int, object, Mask]] = []

    class Watched(QueryClient):
        def __init__(self, *arguments: object) -> None:
            super().__init__(*arguments)  # type: ignore[arg-type]
            made.append(self)

    def reading(of: object) -> Library:
        seen.extend((one._worker.pid, one._ready, one.mask) for one in made)
        return read(of)  # type: ignore[arg-type]

    read = library_in_sight
    monkeypatch.setattr(session, "QueryClient", Watched)
    monkeypatch.setattr(session, "library_in_sight", reading)
    assert bench("info", case).code == 0
    [client] = made
    assert seen == [(client._worker.pid, None, Mask(MASKABLE))]
    assert client.mask == NOTHING_MASKED
    assert client.ready().pid == client._worker.pid


def test_a_worker_that_does_not_begin_is_said(
    bench: Bench, case: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.executable", "/bin/true")
    done = bench("info", case)
    assert done.code == 1
    assert "ended before it began" in done.err
    assert list((case / "tmp").glob("bench-*")) == []
