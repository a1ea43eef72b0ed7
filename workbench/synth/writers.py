"""Writes the tables of an extract, part by part: Parquet, CSV, gzipped JSON lines."""

from __future__ import annotations

import gzip
from pathlib import Path

import polars as pl

from workbench.synth.config import Format, SynthConfig
from workbench.synth.tables import leave_out

_ROW_GROUP = 122_880


class Extract:
    """One directory in the making; a table given in several parts becomes a folder of parts."""

    def __init__(self, directory: Path, config: SynthConfig) -> None:
        self.directory, self.config = directory, config
        self.rows: dict[str, int] = {}
        self.files: list[str] = []

    def put(self, table: str, frame: pl.DataFrame, part: int | None = None) -> None:
        """Write a table, or its part of that number."""
        kept = leave_out(table, frame, self.config.omit)
        if kept is None:
            return
        self.rows[table] = self.rows.get(table, 0) + len(kept)
        name = table if part is None else f"{table}/part-{part:05d}"
        for form in self.config.formats:
            path = self.directory / f"{name}.{form}"
            path.parent.mkdir(parents=True, exist_ok=True)
            write(kept, path, form, self.config.zstd)
            self.files.append(str(path.relative_to(self.directory)))

    def truth(self, members: pl.DataFrame, groups: pl.DataFrame) -> None:
        """Write the truth apart from the extract, always as Parquet."""
        folder = self.directory / "truth"
        folder.mkdir(parents=True, exist_ok=True)
        for name, frame in (("accounts", members), ("groups", groups)):
            write(frame, folder / f"{name}.parquet", "parquet", self.config.zstd)
            self.files.append(f"truth/{name}.parquet")


def write(frame: pl.DataFrame, path: Path, form: Format, zstd: int) -> None:
    """Write one file; times in text formats are ISO 8601 with microseconds, UTC without a zone."""
    if form == "parquet":
        frame.write_parquet(
            path, compression="zstd", compression_level=zstd, row_group_size=_ROW_GROUP
        )
    elif form == "csv":
        frame.write_csv(path, datetime_format="%Y-%m-%dT%H:%M:%S%.6f")
    else:
        stamped = frame.with_columns(pl.selectors.datetime().dt.strftime("%Y-%m-%dT%H:%M:%S%.6f"))
        with path.open("wb") as raw, gzip.GzipFile("", "wb", 5, raw, mtime=0) as packed:
            for part in stamped.iter_slices(100_000):
                packed.write(part.write_ndjson().encode())
