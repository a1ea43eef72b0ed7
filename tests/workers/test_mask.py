"""Masked columns in the worker: hidden from whatever a statement makes of them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from workbench.case.store_parts import StoreParts
from workbench.decisions.masking import Mask
from workbench.errors import WorkbenchError
from workbench.settings import EngineSettings
from workbench.workers.host.sync_client import QueryClient, set_mask
from workbench.workers.messages import Digest, Export, Open, SetMask

SECRETS = ("ada@one.example", "bob@two.example")


@pytest.fixture(scope="module")
def persons(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("masked") / "store-1.duckdb"
    connection = duckdb.connect(str(path))
    connection.execute("CREATE TABLE accounts (account_id VARCHAR, email VARCHAR, plan VARCHAR)")
    rows = [("a-1", SECRETS[0], "pro"), ("a-2", SECRETS[1], "free"), ("a-3", None, "free")]
    connection.executemany("INSERT INTO accounts VALUES (?, ?, ?)", rows)
    connection.execute("CREATE TABLE mails AS SELECT email FROM accounts")
    connection.close()
    return path


@pytest.fixture
def masked(persons: Path, tmp_path: Path) -> Iterator[QueryClient]:
    client = QueryClient(
        StoreParts.of(persons), tmp_path / "tmp", EngineSettings(), Mask(("email",))
    )
    yield client
    client.close()


def shown(client: QueryClient, sql: str) -> str:
    return str(client.request(Open(sql=sql, parameters={}, limit=50, cell=4096)).rows)


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM accounts",
        "FROM accounts",
        "SELECT email AS plan FROM accounts",
        "SELECT upper(reverse(email)) FROM accounts",
        "SELECT a FROM accounts AS a",
        "SELECT x.e FROM (SELECT email AS e FROM main.accounts) AS x",
        "WITH accounts AS (SELECT email FROM accounts) SELECT * FROM accounts",
        "SELECT list(email), min(email), string_agg(email, ',') FROM accounts",
        "SELECT COLUMNS('em.*') FROM accounts",
        "SELECT to_json(accounts) FROM accounts",
        "SELECT email FROM mails",
        "SELECT count(*) FROM accounts WHERE email LIKE '%@one.example'",
        "UNPIVOT accounts ON email, plan INTO NAME n VALUE v",
        "SELECT * FROM histogram_values(accounts, email)",
        "SELECT stats(email) FROM accounts",
        "SELECT * FROM summary((SELECT * FROM accounts))",
    ],
)
def test_no_form_of_sql_shows_a_masked_cell(masked: QueryClient, sql: str) -> None:
    try:
        found = shown(masked, sql)
    except WorkbenchError as error:
        found = error.message
    for secret in SECRETS:
        for form in (secret, secret.upper(), secret[::-1], secret[::-1].upper()):
            assert form not in found, found
    assert "[[1]]" not in found


@pytest.mark.parametrize("place", ['"store-1".accounts', '"store-1".main.accounts'])
def test_a_table_is_not_read_by_its_database(masked: QueryClient, place: str) -> None:
    with pytest.raises(WorkbenchError, match="named by its database"):
        shown(masked, f"SELECT email FROM {place}")


def test_equal_cells_stay_equal_and_nothing_stays_nothing(masked: QueryClient) -> None:
    sql = "SELECT count(DISTINCT email), count(email), count(*) FROM accounts"
    assert shown(masked, sql) == "[[2, 2, 3]]"
    joined = "SELECT count(*) FROM accounts JOIN mails USING (email)"
    assert shown(masked, joined) == "[[2]]"


def test_exports_are_masked_and_so_are_digests(masked: QueryClient, persons: Path) -> None:
    sql = "SELECT account_id, email FROM accounts ORDER BY account_id"
    for form in ("csv", "jsonl", "parquet"):
        told = masked.request(Export(sql=sql, parameters={}, format=form, limit=None))
        assert b"ada@one" not in (masked.spill / told.file).read_bytes()
    digest = masked.request(Digest(sql=sql, parameters={})).sha256
    masked.request(set_mask(Mask()))
    assert masked.request(Digest(sql=sql, parameters={})).sha256 != digest
    assert SECRETS[0] in shown(masked, sql)


def test_the_cells_of_one_account_can_be_shown(masked: QueryClient) -> None:
    masked.request(set_mask(Mask(("email",), ("a-2", "it's"))))
    found = shown(masked, "SELECT email FROM accounts ORDER BY account_id")
    assert SECRETS[1] in found
    assert SECRETS[0] not in found
    # A table that names no account shows nobody's.
    assert SECRETS[1] not in shown(masked, "SELECT email FROM mails")


def test_a_worker_that_is_replaced_hides_the_same(masked: QueryClient) -> None:
    masked._replace("for the test")
    assert SECRETS[0] not in shown(masked, "SELECT * FROM accounts")


def test_what_a_mask_touches() -> None:
    mask = Mask(("email", "ip"))
    for sql in ("select EMAIL from a", "select a.* from a", "select distinct * from a"):
        assert mask.touches(sql)
    for sql in ("select count(*), description from a", "select a * b from a"):
        assert not mask.touches(sql)
    assert not Mask().touches("select * from accounts")
    assert set_mask(mask) == SetMask(["email", "ip"], [])
