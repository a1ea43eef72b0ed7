"""The query worker from outside: rows, honest limits, refusals, cancels, walls."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.workers.conftest import ROWS
from workbench.case.store_parts import StoreParts
from workbench.errors import Cancelled, IntegrityError, WorkbenchError
from workbench.settings import EngineSettings
from workbench.workers.host.sync_client import QueryClient
from workbench.workers.messages import (
    Digest,
    Export,
    Inspect,
    Open,
    Opened,
    ReadAll,
    ReadCell,
    ReadWindow,
    Reopen,
    Spooled,
    Stream,
)


def opened(client: QueryClient, sql: str, limit: int = 10, **parameters: Any) -> Opened:
    return client.request(Open(sql=sql, parameters=parameters, limit=limit, cell=64))


def test_first_page_says_that_there_is_more(client: QueryClient) -> None:
    answer = opened(client, "SELECT n, account_id, ts FROM exchanges ORDER BY n")
    assert answer.rows[0] == [0, "acct-0", "2026-05-01 00:00:00"]
    assert len(answer.rows) == 10
    assert answer.more is True
    assert answer.exact is False


def test_a_whole_result_is_exact(client: QueryClient) -> None:
    answer = opened(client, "SELECT count(*) FROM exchanges")
    assert answer.rows == [[ROWS]]
    assert answer.exact is True


def streamed(client: QueryClient, sql: str, limit: int = 10) -> tuple[list[Any], Spooled]:
    told: list[Any] = []
    ended = client.request(
        Stream(sql=sql, parameters={}, limit=limit, cell=64), on_event=told.append
    )
    return told, ended


def test_a_stream_shows_its_first_rows_before_it_ends(client: QueryClient) -> None:
    told, ended = streamed(client, "SELECT n FROM exchanges")
    began = told[0]
    assert began.final is False
    assert began.rows[:2] == [[0], [1]]
    assert began.total < ROWS
    assert began.exact is False
    assert (ended.total, ended.exact) == (ROWS, True)


def test_a_sort_shows_its_top_and_sorts_on_demand(client: QueryClient) -> None:
    told, ended = streamed(client, "SELECT n FROM exchanges ORDER BY n DESC")
    assert told[0].rows[0] == [ROWS - 1]
    assert (ended.total, ended.exact) == (10, False)
    assert not list((client.spill / f"result-{told[0].result}").glob("rows-*"))
    ended = client.request(ReadAll(result=told[0].result))
    assert (ended.total, ended.exact) == (ROWS, True)
    last = client.request(ReadWindow(result=told[0].result, offset=ROWS - 1, count=9, cell=64))
    assert last.rows == [[0]]


def test_a_sort_with_a_limit_is_whole(client: QueryClient) -> None:
    _, ended = streamed(client, "SELECT n FROM exchanges ORDER BY n DESC LIMIT 20")
    assert (ended.total, ended.exact) == (20, True)


def test_any_row_can_be_reached(client: QueryClient) -> None:
    told, _ = streamed(client, "SELECT n FROM exchanges WHERE n >= 0")
    result = told[0].result
    window = client.request(ReadWindow(result=result, offset=ROWS - 3, count=9, cell=64))
    assert window.rows == [[ROWS - 3], [ROWS - 2], [ROWS - 1]]
    middle = client.request(ReadWindow(result=result, offset=122_878, count=5, cell=64))
    assert middle.rows == [[122_878 + at] for at in range(5)]


def test_parameters_are_bound(client: QueryClient) -> None:
    hostile = "acct-1' OR '1'='1"
    rows = opened(client, "SELECT n FROM exchanges WHERE account_id = $a", a=hostile).rows
    assert rows == []
    since = {"timestamp": "2026-05-04 00:00:00"}
    rows = opened(client, "SELECT min(n) FROM exchanges WHERE ts >= $since", since=since).rows
    assert rows == [[3 * 86_400]]


def test_a_missing_parameter_is_named(client: QueryClient) -> None:
    with pytest.raises(WorkbenchError, match=r"\$a"):
        opened(client, "SELECT n FROM exchanges WHERE account_id = $a")


EXOTIC = """
SELECT 170141183460469231731687303715884105727::HUGEINT AS huge, INTERVAL 3 MONTH AS months,
       MAP {'a': 1} AS map, '\\x01\\xff'::BLOB AS blob, [1, NULL] AS list, {'a': [1]} AS struct,
       1.50::DECIMAL(10, 2) AS decimal, 'nan'::DOUBLE AS nan, 'infinity'::TIMESTAMP AS never,
       DATE '2026-05-01' AS day, TIME '01:02:03' AS time, NULL AS nothing, [] AS empty,
       uuid '12345678-1234-1234-1234-123456789abc' AS uuid, 1 AS a, 2 AS a, true AS yes
"""


def test_every_type_crosses_exactly(client: QueryClient) -> None:
    row = opened(client, EXOTIC).rows[0]
    assert row[0] == "170141183460469231731687303715884105727"
    assert row[1] == "3 months"
    assert row[6] == "1.50"
    assert row[7] != row[7]
    assert row[8] == "infinity"
    assert row[14:] == [1, 2, True]
    told, _ = streamed(client, f"SELECT t.* FROM ({EXOTIC}) t, range(3)", limit=1)
    result = told[0].result
    window = client.request(ReadWindow(result=result, offset=2, count=1, cell=64)).rows
    assert window[0][:7] == row[:7]


def test_long_cells_are_cut_and_read_whole(client: QueryClient) -> None:
    answer = opened(client, "SELECT repeat('ab', 500000) AS text")
    assert len(answer.rows[0][0]) == 64
    assert answer.cuts == [[0, 0, 1_000_000]]
    whole = client.request(ReadCell(result=answer.result, row=0, column=0))
    assert len(whole.cell) == whole.characters == 1_000_000


def test_a_cell_of_the_widest_characters_is_read(client: QueryClient) -> None:
    answer = opened(client, "SELECT repeat('😀', 7000000) AS wide")
    told = client.request(ReadCell(result=answer.result, row=0, column=0))
    assert told.characters == 7_000_000
    assert set(told.cell) == {"😀"}


def test_jsonl_is_ascii_and_is_what_the_digest_covers(client: QueryClient) -> None:
    sql = "SELECT * FROM (VALUES (1, 'é\u202e😀'), (2, chr(27) || chr(127))) t(n, text) ORDER BY n"
    written = client.request(Export(sql=sql, parameters={}, format="jsonl", limit=None))
    data = (client.spill / written.file).read_bytes()
    assert data.isascii()
    assert b"\x1b" not in data
    assert b"\x7f" not in data
    assert [json.loads(line)["text"] for line in data.splitlines()] == ["é\u202e😀", "\x1b\x7f"]
    told = client.request(Digest(sql=sql, parameters={}))
    assert told.sha256 == written.sha256 == hashlib.sha256(data).hexdigest()
    assert told.rows == 2


def test_csv_shows_and_guards(client: QueryClient) -> None:
    sql = "SELECT '=cmd|x' AS a, chr(27) || '[2J' AS b, -5 AS c, -1.5::DECIMAL(4,1) AS d, NULL AS e"
    written = client.request(Export(sql=sql, parameters={}, format="csv", limit=None))
    text = (client.spill / written.file).read_bytes().decode("utf-8")
    assert text == "a,b,c,d,e\n'=cmd|x,␛[2J,-5,-1.5,\n"


def test_limits_of_exports_are_honest(client: QueryClient) -> None:
    for form in ("jsonl", "csv", "parquet"):
        sql = "SELECT n FROM exchanges ORDER BY n"
        written = client.request(Export(sql=sql, parameters={}, format=form, limit=7))
        assert (written.rows, written.more) == (7, True)


def test_what_is_laid_over_is_a_table(client: QueryClient) -> None:
    client.lay_over("seen_patterns", ['{"pattern":"a\\ud83d\\ude00","members":1}'])
    rows = opened(client, "SELECT pattern, members FROM seen_patterns").rows
    assert rows == [["a😀", 1]]
    client.lay_over("seen_patterns", [])
    assert opened(client, "SELECT * FROM seen_patterns").rows == []


@pytest.fixture
def interruptible() -> Iterator[None]:
    """Ctrl+C as in a terminal: a process that was started in the background ignores it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT count(*) FROM exchanges a, exchanges b WHERE a.n + b.n > 3",
        "SELECT list_sum(list_transform(range(100000000), lambda x: x * 2))",
    ],
)
def test_ctrl_c_gives_the_prompt_back(client: QueryClient, sql: str, interruptible: None) -> None:
    threading.Timer(0.4, os.kill, (os.getpid(), signal.SIGINT)).start()
    with pytest.raises((Cancelled, WorkbenchError)):
        opened(client, sql)
    assert opened(client, "SELECT 1").rows == [[1]]


def test_a_killed_worker_is_replaced(client: QueryClient) -> None:
    client.lay_over("seen_patterns", ['{"pattern":"a"}'])
    os.kill(client._worker.pid, signal.SIGKILL)
    with pytest.raises(WorkbenchError, match="replaced"):
        opened(client, "SELECT 1")
    assert opened(client, "SELECT pattern FROM seen_patterns").rows == [["a"]]


def test_results_outlive_their_worker(client: QueryClient) -> None:
    told, _ = streamed(client, "SELECT n FROM exchanges")
    result = told[0].result
    client._replace("for the test")
    again = client.request(Reopen(result=result, cell=64))
    assert (again.total, again.exact) == (ROWS, True)
    window = client.request(ReadWindow(result=result, offset=200_000, count=1, cell=64))
    assert window.rows == [[200_000]]


def test_the_disk_budget_holds_and_is_said(store: Path, tmp_path: Path) -> None:
    client = QueryClient(StoreParts.of(store), tmp_path / "tmp", EngineSettings(spill_mib=1))
    text = "SELECT md5(n::VARCHAR) AS a, md5((n + 1)::VARCHAR) AS b FROM exchanges"
    told, ended = streamed(client, text)
    assert ended.full
    assert not ended.exact
    assert ended.bytes <= 1 << 20
    again, _ = streamed(client, "SELECT 1")
    assert again[0].rows == [[1]]
    client.close_result(told[0].result)
    while (client.spill / f"result-{told[0].result}").exists():
        client.request(Inspect(sql="SELECT 1"))
    _, ended = streamed(client, "SELECT n FROM exchanges WHERE n < 50000")
    assert ended.exact
    client.close()


def test_closing_gives_the_space_back(store: Path, tmp_path: Path) -> None:
    client = QueryClient(StoreParts.of(store), tmp_path / "tmp", EngineSettings())
    opened(client, "SELECT * FROM exchanges")
    client.close()
    assert list((tmp_path / "tmp").iterdir()) == []


def test_a_planted_log_is_refused(tmp_path: Path) -> None:
    store = tmp_path / "store-1.duckdb"
    duckdb.connect(str(store)).close()
    (tmp_path / "store-1.duckdb.wal").write_bytes(b"anything")
    with pytest.raises(IntegrityError):
        QueryClient(StoreParts.of(store), tmp_path / "tmp", EngineSettings())


def test_the_store_stays_byte_for_byte(client: QueryClient, store: Path) -> None:
    before = hashlib.sha256(store.read_bytes()).hexdigest()
    for sql in (
        "COPY exchanges TO 'x.csv'", "ATTACH 'y.duckdb'", "INSTALL httpfs", "SET threads = 1",
        "SELECT * FROM read_text('/etc/passwd')", "FROM '/etc/passwd'",
        "INSERT INTO exchanges VALUES (1, 'x', now())", "DROP TABLE exchanges",
    ):  # fmt: skip
        with pytest.raises(WorkbenchError) as refused:
            opened(client, sql)
        assert refused.value.exit_code == 1
    assert hashlib.sha256(store.read_bytes()).hexdigest() == before
    assert [path.name for path in store.parent.iterdir()] == [store.name]


def test_an_error_says_where(client: QueryClient) -> None:
    with pytest.raises(WorkbenchError, match=r"LINE 2:   nowhere"):
        opened(client, "SELECT n,\n  nowhere FROM exchanges")
