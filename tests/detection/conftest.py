"""A sample store, analysed once, and what is true of it."""

from __future__ import annotations

from pathlib import Path

import duckdb
import polars as pl
import pytest

from workbench.case.store_parts import StoreParts
from workbench.detection.pipeline import build
from workbench.engine.parts import open_parts
from workbench.resources import queries_dir, sample_dir
from workbench.settings import load_settings
from workbench.workers.host.load import LoadOptions, load_case


@pytest.fixture(scope="session")
def loaded_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample loaded, not yet analysed."""
    folder = tmp_path_factory.mktemp("loaded") / "case"
    files = sorted(sample_dir().glob("*.parquet"))
    loaded = load_case(folder, files, LoadOptions(), load_settings().load)
    return loaded.case.parts.data[0]


def analysed_copy(store: Path, folder: Path, change: str = "") -> StoreParts:
    """A copy of a loaded store, changed by SQL, and its analysis."""
    folder.mkdir(parents=True, exist_ok=True)
    copy = folder / "store.duckdb"
    copy.write_bytes(store.read_bytes())  # without the mode: a case's own store is read-only
    if change:
        with duckdb.connect(str(copy)) as connection:
            connection.execute(change)
    parts = StoreParts((copy,), folder / "analysis.duckdb")
    build(
        folder / "analysis.duckdb",
        data=parts.data,
        spill=folder,
        queries=queries_dir(),
        memory_mib=2048,
        threads=2,
    )
    return parts


@pytest.fixture(scope="session")
def store(loaded_store: Path, tmp_path_factory: pytest.TempPathFactory) -> StoreParts:
    """The sample analysed."""
    return analysed_copy(loaded_store, tmp_path_factory.mktemp("analysed"))


@pytest.fixture
def case(store: StoreParts) -> duckdb.DuckDBPyConnection:
    """A read-only connection on the analysed sample."""
    return open_parts(store)


@pytest.fixture(scope="session")
def truth() -> pl.DataFrame:
    """account_id, group_id, kind, level, is_campaign."""
    return pl.read_parquet(sample_dir() / "truth" / "accounts.parquet")
