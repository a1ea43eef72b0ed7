"""What crosses between a host and its worker is bounded: memory, messages, words of errors."""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.case.store_parts import StoreParts
from workbench.errors import WorkbenchError
from workbench.settings import EngineSettings
from workbench.workers.codec import read_event, read_request
from workbench.workers.host.sync_client import QueryClient
from workbench.workers.messages import Inspect, Open
from workbench.workers.protocol import LARGEST, ChannelClosed, Reader


@pytest.fixture
def client(tmp_path: Path) -> Iterator[QueryClient]:
    store = tmp_path / "store-1.duckdb"
    with duckdb.connect(str(store)) as connection:
        connection.execute("CREATE TABLE names AS SELECT chr(27) || ']52;c;eA' || chr(7) AS name")
    made = QueryClient(
        StoreParts.of(store), tmp_path / "tmp", EngineSettings(address_space_mib=16_384)
    )
    yield made
    made.close()


def test_a_worker_that_grows_is_replaced_at_the_command_line_too(client: QueryClient) -> None:
    before = client.request(Open("SELECT 1", {}, 1, 9)).rows
    pid = client._worker.pid
    with pytest.raises(WorkbenchError, match="more than 832 MiB of memory") as caught:
        client.request(Open("SELECT list_sum(range(200_000_000 + 0))", {}, 1, 9))
    assert "engine.memory_mib" in caught.value.hint
    assert client._worker.pid != pid
    assert client.request(Open("SELECT 1", {}, 1, 9)).rows == before


def test_an_error_acts_on_no_terminal(client: QueryClient) -> None:
    for sql in (
        "SELECT CAST(name AS INTEGER) FROM names", "SELECT error(name) FROM names",
        'SELECT "\x1b]0;x\x07" FROM names', "SELECT \x1b[31m", 'FROM "\x1b[2J"',
    ):  # fmt: skip
        with pytest.raises(WorkbenchError) as caught:
            client.request(Open(sql, {}, 1, 9))
        told = caught.value.title + caught.value.message + caught.value.hint
        assert not any(ord(one) < 32 and one != "\n" for one in told)


def test_an_error_has_an_end(client: QueryClient) -> None:
    with pytest.raises(WorkbenchError) as caught:
        client.request(Open("SELECT error(repeat('x', 1_000_000))", {}, 1, 9))
    assert len(caught.value.message) < 10_000


def _framed(body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + body


HOSTILE = [
    b"[" * 100_000, b'{"job":' + b"9" * 5000 + b"}", b"[1]", b"3", b"null", b"{", b"\xff",
    b'{"a":' * 50_000,
]  # fmt: skip


@pytest.mark.parametrize("body", HOSTILE)
def test_what_is_no_message_closes_the_channel(body: bytes) -> None:
    with pytest.raises(ChannelClosed):
        Reader(-1).feed(_framed(body))


def test_a_message_beyond_the_limit_closes_the_channel() -> None:
    with pytest.raises(ChannelClosed):
        Reader(-1).feed(struct.pack(">I", LARGEST + 1))


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner),
    max_leaves=6,
)
_KINDS = st.sampled_from(("Ready", "Failed", "Opened", "WindowRead", "Digested", "Start", "Open"))


@given(
    st.dictionaries(st.text(max_size=6), _JSON, max_size=4), st.none() | st.integers() | _JSON,
    _KINDS | st.text(max_size=6),
)  # fmt: skip
def test_any_message_is_read_or_refused(fields: dict[str, object], job: object, kind: str) -> None:
    for read in (read_event, read_request):
        try:
            read({**fields, "job": job, "is": kind})
        except ValueError:
            continue


def test_a_worker_that_says_what_it_cannot_is_as_good_as_gone(client: QueryClient) -> None:
    client.ready()
    ours, theirs = os.pipe()
    os.write(theirs, _framed(b'{"is":"Opened","job":1,"odd":2}'))
    os.close(theirs)
    client._worker.reader = Reader(ours)
    with pytest.raises(WorkbenchError, match="it has been replaced"):
        client.request(Inspect("SELECT 1"))
    os.close(ours)
