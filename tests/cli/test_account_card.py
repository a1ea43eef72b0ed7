"""The figures of an account's card."""

from __future__ import annotations

from pathlib import Path

import duckdb

from tests.cli.conftest import write_store
from workbench.playbooks.format import read_query
from workbench.resources import queries_dir

COUNTED = ("sessions", "ips", "user_agents", "instruments", "api_keys")


def test_what_no_extract_tells_is_unknown_and_not_none(tmp_path: Path) -> None:
    store = tmp_path / "store.duckdb"
    write_store(store)
    card = read_query(queries_dir() / "pages" / "account-card.sql")
    with duckdb.connect(str(store)) as connection:
        zero = ", ".join(f"{one} = 0" for one in COUNTED)
        connection.execute(f"UPDATE account_profile SET {zero}")

        def counted() -> list[object]:
            names = ", ".join(COUNTED)
            sql = f"SELECT {names} FROM ({card.sql})"
            return [*(connection.execute(sql, {"account": "a-01"}).fetchone() or ())]

        assert counted() == [None] * 5
        connection.execute(
            "INSERT INTO column_presence VALUES ('exchanges', 'session_id', true, 0), "
            "('exchanges', 'user_agent', false, 0), ('accounts', 'signup_ip', true, 4)"
        )
        assert counted() == [0, 0, None, None, None]
