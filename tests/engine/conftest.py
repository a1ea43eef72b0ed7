"""A small store that every engine test may read."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

ROWS = 300_000


@pytest.fixture(scope="session")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("store") / "store-1.duckdb"
    connection = duckdb.connect(str(path))
    connection.execute(
        "CREATE TABLE exchanges AS SELECT i AS n, 'acct-' || (i % 1000) AS account_id, "
        "TIMESTAMP '2026-05-01' + to_seconds(i) AS ts, 'prompt ' || i AS prompt "
        f"FROM range({ROWS}) t(i)"
    )
    connection.execute(
        "CREATE TABLE accounts AS SELECT 'acct-' || i AS account_id FROM range(1000) t(i)"
    )
    connection.close()
    path.chmod(0o400)
    return path
