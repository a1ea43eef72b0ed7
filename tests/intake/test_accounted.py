"""A load answers for every byte and row that it read, whatever goes wrong in between."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.intake.conftest import EXCHANGE_TYPES, Load, exchange_rows, write_csv, write_parquet
from workbench.errors import WorkbenchError
from workbench.intake import load
from workbench.intake.build_tables import Incoming, build_table
from workbench.intake.detect import Extract, Packing
from workbench.intake.load_session import LoadSession
from workbench.intake.readers import parquet, text_staging
from workbench.intake.readers.byte_stream import ByteStream, Stream
from workbench.intake.readers.csv_splitter import CsvSplitter
from workbench.intake.readers.record_splitter import (
    Batch,
    LineSplitter,
    Splitter,
    split,
)

CSV = b'id,ts,text\r\na,1,"x\r\ny"\r\nb,2\r\n\r\nc,3,z'
JSON = b'{"a":1}\n\n{"a":\xff}\n{"b":2}'


class Sabotaged:
    """A splitter whose batches are tampered with: `harm` returns how many bytes it lost."""

    def __init__(self, splitter: Splitter, harm: Callable[[Batch], int]) -> None:
        self._splitter = splitter
        self._harm = harm
        self.lost = 0

    def feed(self, block: bytes) -> Batch:
        return self._harmed(self._splitter.feed(block))

    def finish(self, *, truncated: bool) -> Batch:
        return self._harmed(self._splitter.finish(truncated=truncated))

    def _harmed(self, batch: Batch) -> Batch:
        self.lost += self._harm(batch)
        return batch


def lose_a_record(batch: Batch) -> int:
    if not batch.records:
        return 0
    batch.lines.pop()
    return len(batch.records.pop())


def lose_a_reject(batch: Batch) -> int:
    return batch.rejects.pop().size if batch.rejects else 0


def shorten_a_record(batch: Batch) -> int:
    if not batch.records or not batch.records[0]:
        return 0
    batch.records[0] = batch.records[0][1:]
    return 1


def say_a_record_twice(batch: Batch) -> int:
    if not batch.records:
        return 0
    batch.add(batch.lines[0], batch.records[0])
    return -len(batch.records[0])


HARMS = [lose_a_record, lose_a_reject, shorten_a_record, say_a_record_twice]


def stream_of(path: Path, data: bytes, packing: Packing = "") -> ByteStream:
    path.write_bytes(data)
    return ByteStream(Extract(path, "csv", packing), 1 << 30)


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("harm", HARMS)
@given(st.data())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
def test_a_splitter_that_loses_bytes_stops_the_load(
    tmp_path: Path, packed: bool, harm: Callable[[Batch], int], data: st.DataObject
) -> None:
    lines = data.draw(st.lists(st.binary(max_size=12), max_size=12))
    form = data.draw(st.sampled_from([CSV, JSON]))
    content = form + b"\n" + b"\n".join(lines)
    path = tmp_path / "extract"
    stream = stream_of(path, gzip.compress(content), "gz") if packed else stream_of(path, content)
    honest: Splitter = CsvSplitter(3) if form is CSV else LineSplitter()
    assert sum(batch.size for batch in split(honest, stream, str(path))) == len(content)
    plain: Splitter = CsvSplitter(3) if form is CSV else LineSplitter()
    sabotaged = Sabotaged(plain, harm)
    with pytest.raises(WorkbenchError, match=f"of {len(content):,} bytes") as refused:
        list(split(sabotaged, stream.again(), str(path)))
    assert f"{abs(sabotaged.lost):,} are" in refused.value.message
    assert str(path) in refused.value.message


def test_a_header_that_is_never_found_stops_the_load(tmp_path: Path) -> None:
    stream = stream_of(tmp_path / "x.csv", b'id,"ts"x,text\na,1,b\n')
    with pytest.raises(WorkbenchError, match=r"x\.csv: of 20 bytes that were read, 20 are in no"):
        list(split(CsvSplitter(3), stream, "x.csv"))


def sabotage_text(monkeypatch: pytest.MonkeyPatch) -> None:
    def harmed(splitter: Splitter, stream: Stream, shown: str) -> Iterator[Batch]:
        yield from split(Sabotaged(splitter, lose_a_record), stream, shown)

    monkeypatch.setattr(text_staging, "split", harmed)


def test_a_load_that_lost_records_commits_nothing(
    load_files: Load, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sabotage_text(monkeypatch)
    path = write_csv(tmp_path / "exchanges.csv", exchange_rows())
    with pytest.raises(WorkbenchError, match=r"exchanges\.csv: of .* bytes .* in no record"):
        load_files(path)


def parquet_file(tmp_path: Path) -> Path:
    return write_parquet(tmp_path / "exchanges.parquet", exchange_rows(), EXCHANGE_TYPES)


def test_rows_that_the_final_sort_lost_stop_the_load(
    load_files: Load, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def short(session: LoadSession, incoming: Incoming) -> None:
        cut = tuple(f"({one}) LIMIT 57" for one in incoming.relations)
        build_table(session, replace(incoming, relations=cut))

    monkeypatch.setattr(load, "build_table", short)
    with pytest.raises(WorkbenchError, match=r"exchanges\.parquet: 3 rows are in no table") as no:
        load_files(parquet_file(tmp_path))
    assert "60 should be in exchanges, 57 are" in no.value.message


def test_rejects_that_were_not_written_stop_the_load(
    load_files: Load, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = exchange_rows()
    rows[7]["account_id"] = rows[9]["account_id"] = None
    path = write_parquet(tmp_path / "exchanges.parquet", rows, EXCHANGE_TYPES)
    assert len(load_files(path).rejects) == 2
    monkeypatch.setattr(parquet, "bad_rows", lambda session, group: iter(()))
    with pytest.raises(WorkbenchError, match="2 rows are in no table and no reject"):
        load_files(path)
