"""A query client on a small store."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from workbench.case.store_parts import StoreParts
from workbench.settings import EngineSettings
from workbench.workers.host.sync_client import QueryClient

ROWS = 300_000


@pytest.fixture(scope="session")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("store") / "store-1.duckdb"
    connection = duckdb.connect(str(path))
    connection.execute(
        "CREATE TABLE exchanges AS SELECT i AS n, 'acct-' || (i % 1000) AS account_id, "
        f"TIMESTAMP '2026-05-01' + to_seconds(i) AS ts FROM range({ROWS}) t(i)"
    )
    connection.close()
    return path


@pytest.fixture
def client(store: Path, tmp_path: Path) -> Iterator[QueryClient]:
    client = QueryClient(StoreParts.of(store), tmp_path / "tmp", EngineSettings())
    client.ready()
    yield client
    client.close()
