"""The newest records, read from the end of the file, are those that reading it whole gives."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from workbench.audit.log.append import Ledger
from workbench.audit.log.tail import newest


@pytest.mark.parametrize("chunk", [1700, 2048, 5000, 256 << 10])
def test_pages_join_to_the_whole(
    chunk: int, battery: ModuleType, open_ledger: Callable[..., Ledger],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr("workbench.audit.log.tail._CHUNK_BYTES", chunk)
    ledger = open_ledger()
    battery.fill(ledger, 37)
    whole = [(record.id, record.offset) for record in ledger.records()]
    for page in (1, 4, 100):
        found, before = [], -1
        while records := newest(ledger.path, page, before):
            assert len(records) <= page
            found += [(record.id, record.offset) for record in records]
            before = records[-1].offset
        assert found[::-1] == whole


def test_a_torn_tail_and_damaged_lines_are_left_out(
    battery: ModuleType, open_ledger: Callable[..., Ledger], tmp_path: Path
) -> None:
    ledger = open_ledger()
    battery.fill(ledger, 5)
    lines = ledger.path.read_bytes().split(b"\n")[:-1]
    lines[3] = lines[3].replace(b"acct", b"tcca").replace(b"set", b"tes")
    (tmp_path / "damaged").write_bytes(b"\n".join(lines) + b'\n{"body":{"ca')
    found = newest(tmp_path / "damaged", 100)
    assert [record.seq for record in found] == [5, 4, 2, 1, 0]
