"""Small extracts in every form, and a load of them in this process."""

from __future__ import annotations

import csv
import itertools
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest

from workbench.intake.load import LoadSummary, load
from workbench.intake.mapping import parse_mapping
from workbench.intake.planning import LoadRequest

Row = dict[str, Any]


@dataclass
class Loaded:
    """A store that was just written."""

    folder: Path
    summary: LoadSummary
    connection: duckdb.DuckDBPyConnection

    @property
    def rejects(self) -> list[dict[str, Any]]:
        """The lines of rejects.jsonl."""
        text = (self.folder / "rejects" / "rejects.jsonl").read_text(encoding="ascii")
        return [json.loads(line) for line in text.splitlines()]

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """The rows of a query."""
        return self.connection.execute(sql).fetchall()

    def digest(self, table: str) -> list[tuple[Any, ...]]:
        """Rows of a table without where they came from, in table order."""
        chosen = "* EXCLUDE (source_id, source_row)" if table == "exchanges" else "*"
        return self.rows(f"SELECT {chosen} FROM {table}")


Load = Callable[..., Loaded]


@pytest.fixture
def load_files(tmp_path: Path) -> Iterator[Load]:
    """Load files into a store; keywords are those of LoadRequest, `mapping` is text."""
    numbers = itertools.count()
    opened: list[duckdb.DuckDBPyConnection] = []

    def run(*files: Path, mapping: str = "", **options: Any) -> Loaded:
        folder = tmp_path / f"load-{next(numbers)}"
        for child in ("rejects", "spill"):
            (folder / child).mkdir(parents=True)
        request = LoadRequest(
            store=folder / "store.duckdb",
            rejects=folder / "rejects",
            spill=folder / "spill",
            generation=1,
            files=files,
            mapping=parse_mapping(mapping),
            memory_mib=1024,
            threads=2,
            **options,
        )
        summary = load(request)
        opened.append(duckdb.connect(str(request.store), read_only=True))
        return Loaded(folder, summary, opened[-1])

    yield run
    for connection in opened:
        connection.close()


def write_csv(path: Path, rows: Sequence[Row]) -> Path:
    """CSV as a spreadsheet or a database writes it; None is an empty cell."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return path


def write_jsonl(path: Path, rows: Sequence[Row]) -> Path:
    """One object a line."""
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def write_parquet(path: Path, rows: Sequence[Row], types: dict[str, str]) -> Path:
    """Parquet with the given DuckDB types."""
    source = write_jsonl(path.with_suffix(".source"), rows)
    columns = ", ".join(f"'{name}': '{kind}'" for name, kind in types.items())
    with duckdb.connect() as connection:
        connection.execute(
            f"COPY (FROM read_json('{source}', format = 'newline_delimited', "
            f"columns = {{{columns}}})) TO '{path}' (FORMAT parquet)"
        )
    source.unlink()
    return path


EXCHANGE_TYPES = {
    "exchange_id": "VARCHAR",
    "account_id": "VARCHAR",
    "ts": "TIMESTAMP",
    "session_id": "VARCHAR",
    "model": "VARCHAR",
    "input_tokens": "BIGINT",
    "output_tokens": "BIGINT",
    "status": "INTEGER",
    "stream": "BOOLEAN",
    "temperature": "DOUBLE",
    "ip": "VARCHAR",
    "prompt": "VARCHAR",
    "cost_usd": "DOUBLE",
}


def exchange_rows(count: int = 60) -> list[Row]:
    """Exchanges of a few accounts with awkward texts, not in the order of the store."""
    prompts = [
        'Say "hello", then stop.',
        "Zwei\nZeilen, mit Komma",
        "请写一个程序，数字１２",
        "  spaced   out\t text ",
        "e\u0301tude No 42",
        None,
        "x" * 5000,
        "'; DROP TABLE exchanges; --",
    ]
    return [
        {
            "exchange_id": f"x{n:04d}",
            "account_id": f"acct-{n * 7 % 5}",
            "ts": f"2026-05-{1 + n % 20:02d} {n % 24:02d}:00:0{n % 10}.{n:06d}",
            "session_id": f"s{n // 3}",
            "model": None if n % 9 == 0 else "m-1",
            "input_tokens": n * 10,
            "output_tokens": 9_007_199_254_740_993 if n == 3 else n,
            "status": 500 if n % 10 == 0 else 200,
            "stream": n % 2 == 0,
            "temperature": 0.5,
            "ip": f"10.0.0.{n % 4}",
            "prompt": prompts[n % len(prompts)],
            "cost_usd": n / 8,
        }
        for n in range(count)
    ]
