"""Bad rows of Parquet: which file, which row, how many, and no good row lost or counted twice."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from tests.intake.conftest import Load, Row, write_parquet
from workbench.intake.load import preview
from workbench.intake.planning import LoadRequest

TYPES = {"account_id": "VARCHAR", "ts": "VARCHAR", "model": "VARCHAR", "input_tokens": "VARCHAR"}
# How each kind of bad row is made: cell, what it holds, reason.
BAD = {
    "time": ("ts", "yesterday", "bad_time"),
    "id": ("account_id", None, "missing_required"),
    "number": ("input_tokens", "many", "not_a_number"),
}


def rows_with(count: int, bad: dict[int, str]) -> list[Row]:
    """So many rows; those with these numbers, from 0, are bad in this way."""
    rows: list[Row] = []
    for n in range(count):
        row: Row = {"account_id": f"a{n}", "ts": f"2026-05-01 00:{n % 60:02}:00", "model": "m",
                    "input_tokens": str(n)}  # fmt: skip
        if n in bad:
            column, cell, _ = BAD[bad[n]]
            row[column] = cell
        rows.append(row)
    return rows


PARTS: list[tuple[int, dict[int, str]]] = [
    (5, {0: "time", 4: "id"}),  # the first row and the last
    (3, {}),
    (1, {0: "number"}),  # nothing but a bad row
    (7, {2: "id", 3: "id", 5: "time"}),
]


def test_every_bad_row_has_its_file_and_its_row_and_every_good_row_loads(
    load_files: Load, tmp_path: Path
) -> None:
    folder = tmp_path / "exchanges"
    folder.mkdir()
    parts = [
        write_parquet(folder / f"exchanges-{n}.parquet", rows_with(count, bad), TYPES)
        for n, (count, bad) in enumerate(PARTS)
    ]
    loaded = load_files(folder)
    expected = [
        (n + 1, str(parts[n]), row + 1, row + 1, BAD[kind][2], BAD[kind][0])
        for n, (_, bad) in enumerate(PARTS)
        for row, kind in sorted(bad.items())
    ]
    keys = ("source_id", "source", "line", "line_end", "reason", "column")
    assert [tuple(entry[key] for key in keys) for entry in loaded.rejects] == expected
    for entry in loaded.rejects:
        count, bad = PARTS[entry["source_id"] - 1]
        raw = json.loads(entry["raw"])
        row = rows_with(count, bad)[entry["line"] - 1]
        assert {name: raw[name] for name in TYPES} == row
    assert loaded.summary.rejected == len(expected)
    assert [(one.source_id, one.rows, one.rejected) for one in loaded.summary.sources] == [
        (n + 1, count - len(bad), len(bad)) for n, (count, bad) in enumerate(PARTS)
    ]
    assert [(one.sha256, one.bytes) for one in loaded.summary.sources] == [
        (hashlib.sha256(part.read_bytes()).hexdigest(), part.stat().st_size) for part in parts
    ]
    good = [
        (n + 1, row + 1, f"a{row}", row)
        for n, (count, bad) in enumerate(PARTS)
        for row in range(count)
        if row not in bad
    ]
    assert loaded.summary.tables["exchanges"] == len(good)
    found = loaded.rows(
        "SELECT source_id, source_row, account_id, input_tokens FROM exchanges ORDER BY 1, 2"
    )
    assert found == good


def test_many_bad_rows_are_each_written_once(load_files: Load, tmp_path: Path) -> None:
    """More than are fetched at a time."""
    count = 2_500
    bad = {n: "time" for n in range(count) if n % 25}
    path = write_parquet(tmp_path / "exchanges.parquet", rows_with(count, bad), TYPES)
    loaded = load_files(path)
    assert [entry["line"] for entry in loaded.rejects] == [n + 1 for n in sorted(bad)]
    assert loaded.summary.sources[0].rows == count - len(bad) == 100
    assert loaded.rows("SELECT count(*), sum(input_tokens) FROM exchanges") == [
        (100, sum(range(0, count, 25)))
    ]


def test_a_preview_counts_the_bad_rows_by_kind_and_names_the_first(tmp_path: Path) -> None:
    count, bad = 40, {3: "id", 7: "time", 9: "time", 30: "time", 39: "id", 12: "number"}
    rows = rows_with(count, bad)
    rows[9]["ts"], rows[30]["ts"] = "tomorrow", "a day before"
    path = write_parquet(tmp_path / "exchanges.parquet", rows, TYPES)
    request = LoadRequest(
        store=tmp_path / "store", rejects=tmp_path / "rejects", spill=tmp_path, generation=1,
        files=(path,), memory_mib=512, threads=1,
    )  # fmt: skip
    [seen] = preview(request)
    assert [records for _, records in seen["rejected"]] == [3, 2, 1]
    for (words, _), (place, reason) in zip(
        seen["rejected"], ((8, "time"), (4, "required"), (13, "number")), strict=True
    ):
        assert f"(line {place} of exchanges.parquet)" in words
        assert reason in words
    assert "“yesterday”" in seen["rejected"][0][0]
    accounts = [row[0] for row in seen["rows"]]
    assert accounts[:5] == ["a0", "a1", "a2", "a4", "a5"]
    assert not (tmp_path / "store").exists()


@pytest.mark.parametrize("shape", ["rows first", "rows last"])
def test_a_part_without_rows_counts_none(load_files: Load, tmp_path: Path, shape: str) -> None:
    folder = tmp_path / "exchanges"
    folder.mkdir()
    sizes = (2, 0) if shape == "rows first" else (0, 2)
    for n, size in enumerate(sizes):
        write_parquet(folder / f"exchanges-{n}.parquet", rows_with(size, {}), TYPES)
    loaded = load_files(folder)
    assert [(one.rows, one.rejected) for one in loaded.summary.sources] == [
        (size, 0) for size in sizes
    ]
    assert loaded.rejects == []
