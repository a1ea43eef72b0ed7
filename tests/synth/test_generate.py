from __future__ import annotations

import gzip
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.synth.conftest import SMALL, Made, read
from workbench.catalog.extracts import EXTRACTS, extract_columns
from workbench.errors import UsageError, WorkbenchError
from workbench.synth import exchanges
from workbench.synth.config import OMITTABLE, CampaignSpec, SynthConfig
from workbench.synth.frozen import Frozen
from workbench.synth.generate import generate
from workbench.synth.population import Population

TABLES = ("accounts", "exchanges", "sightings", "payments", "api_keys", "model_releases")
_POLARS = {
    "VARCHAR": pl.String,
    "BIGINT": pl.Int64,
    "INTEGER": pl.Int32,
    "DOUBLE": pl.Float64,
    "BOOLEAN": pl.Boolean,
    "TIMESTAMP": pl.Datetime("us"),
}
TINY = replace(SMALL, accounts=300, exchanges=4_000, campaigns=(CampaignSpec(20, 1),))


def test_a_world_is_a_function_of_its_configuration(tmp_path: Path) -> None:
    generate(tmp_path / "a", TINY)
    generate(tmp_path / "b", TINY)
    generate(tmp_path / "c", replace(TINY, seed=TINY.seed + 1))
    for table in TABLES:
        assert read(tmp_path / "a", table).equals(read(tmp_path / "b", table)), table
    assert not read(tmp_path / "a", "accounts").equals(read(tmp_path / "c", "accounts"))


@pytest.mark.parametrize("rows", [1, 700, 3_000])
def test_content_does_not_depend_on_the_size_of_chunks(tmp_path: Path, rows: int) -> None:
    generate(tmp_path / "whole", TINY)
    summary = generate(tmp_path / "parts", replace(TINY, chunk_rows=rows))
    assert sum(name.startswith("exchanges/part-") for name in summary.files) > 1
    for table in TABLES:
        whole, parts = read(tmp_path / "whole", table), read(tmp_path / "parts", table)
        keys = ["exchange_id"] if table == "exchanges" else whole.columns
        assert whole.sort(keys).equals(parts.sort(keys)), table


def test_a_chunk_is_never_larger_than_asked_plus_one_account(
    planned: tuple[Population, Frozen],
) -> None:
    _, frozen = planned
    limit = frozen.world.config.chunk_rows
    runs = list(exchanges.chunks(frozen))
    assert runs[0][0] == 0
    assert runs[-1][1] == len(frozen.counts)
    assert all(before[1] == after[0] for before, after in pairwise(runs))
    largest = int(frozen.counts.max())
    assert all(frozen.counts[low:high].sum() <= max(limit, largest) for low, high in runs)


def test_columns_are_those_of_the_canonical_tables(small: Made) -> None:
    for table in TABLES:
        known = {column.name: column for column in extract_columns(EXTRACTS[table])}
        frame = small.table(table)
        for name, kind in frame.schema.items():
            assert name in known, f"{table}.{name} is no canonical column"
            assert not known[name].computed, f"{table}.{name} is computed at load"
            assert kind == _POLARS[known[name].type], f"{table}.{name} is {kind}"
        missing = {name for name, column in known.items() if not column.computed} - set(
            frame.columns
        )
        assert missing <= {"truncated"}, f"{table} lacks {missing}"


def test_totals_are_exact_and_ids_unique(small: Made) -> None:
    frame = small.table("exchanges")
    assert len(frame) == SMALL.exchanges
    assert frame["exchange_id"].n_unique() == SMALL.exchanges
    assert small.table("accounts")["account_id"].n_unique() == SMALL.accounts
    assert small.table("payments")["payment_id"].is_unique().all()


def test_every_reference_resolves(small: Made) -> None:
    accounts = small.table("accounts")["account_id"].implode()
    for table in ("exchanges", "sightings", "payments", "api_keys"):
        assert small.table(table)["account_id"].is_in(accounts).all(), table
    keys = small.table("api_keys")["api_key_id"]
    assert keys.is_unique().all()
    used = small.table("exchanges")["api_key_id"].drop_nulls()
    assert used.is_in(keys.implode()).all()
    models = small.table("model_releases")["model"].implode()
    assert small.table("exchanges")["model"].is_in(models).all()


def test_nobody_acts_before_sign_up_or_after_a_ban(small: Made) -> None:
    joined = small.table("exchanges").join(small.table("accounts"), on="account_id")
    assert (joined["ts"] >= joined["created_at"]).all()
    banned = joined.filter(pl.col("status_right") == "banned")
    assert len(banned) > 0
    assert (banned["ts"] <= banned["status_at"]).all()
    releases = small.table("exchanges").join(small.table("model_releases"), on="model")
    assert (releases["ts"] >= releases["released_at"]).all()


def test_formats_hold_the_same_rows(tmp_path: Path) -> None:
    generate(tmp_path, replace(TINY, formats=("parquet", "csv", "jsonl.gz")))
    for table in TABLES:
        truth = read(tmp_path, table)
        csv = pl.read_csv(tmp_path / f"{table}.csv", schema=_as_text(truth))
        raw = gzip.decompress((tmp_path / f"{table}.jsonl.gz").read_bytes())
        lines = pl.read_ndjson(raw, schema=_as_text(truth))
        for other in (csv, lines):
            assert _typed(other, truth).equals(truth), table


def _as_text(frame: pl.DataFrame) -> dict[str, pl.DataType]:
    times = (pl.Datetime,)
    return {
        name: pl.String() if isinstance(kind, times) else kind
        for name, kind in frame.schema.items()
    }


def _typed(frame: pl.DataFrame, like: pl.DataFrame) -> pl.DataFrame:
    return frame.with_columns(
        pl.col(name).str.to_datetime("%Y-%m-%dT%H:%M:%S%.f", time_unit="us")
        for name, kind in like.schema.items()
        if isinstance(kind, pl.Datetime)
    )


@pytest.mark.parametrize("name", OMITTABLE)
def test_omissions_take_away_and_leave_the_rest_alone(tmp_path: Path, name: str) -> None:
    generate(tmp_path / "full", replace(TINY, exchanges=500))
    generate(tmp_path / "less", replace(TINY, exchanges=500, omit=(name,)))
    full, less = _shape(tmp_path / "full"), _shape(tmp_path / "less")
    assert full != less
    for table, columns in less.items():
        extra = {"prompt_hash"} if name == "only_hashes" else set()
        assert columns - extra <= full[table]
        kept = sorted(columns - extra)
        whole, part = read(tmp_path / "full", table), read(tmp_path / "less", table)
        assert whole.select(kept).equals(part.select(kept))


def _shape(directory: Path) -> dict[str, set[str]]:
    return {path.stem: set(pl.read_parquet_schema(path)) for path in directory.glob("*.parquet")}


def test_only_hashes_keeps_equal_prompts_equal(tmp_path: Path) -> None:
    generate(tmp_path / "text", TINY)
    generate(tmp_path / "hash", replace(TINY, omit=("only_hashes",)))
    text, hashed = read(tmp_path / "text", "exchanges"), read(tmp_path / "hash", "exchanges")
    assert "prompt" not in hashed.columns
    assert hashed.schema["prompt_hash"] == pl.Int64
    prompts = text["prompt"].str.to_lowercase()
    assert hashed["prompt_hash"].n_unique() == prompts.n_unique()
    assert hashed["prompt_hash"].null_count() == prompts.null_count()


def test_progress_ends_at_the_total(tmp_path: Path) -> None:
    seen: list[tuple[str, int, int]] = []
    summary = generate(
        tmp_path / "out",
        replace(TINY, chunk_rows=1_000),
        lambda step, done, total: seen.append((step, done, total)),
    )
    assert seen[-1] == ("exchanges", TINY.exchanges, TINY.exchanges)
    assert [done for _, done, _ in seen] == sorted(done for _, done, _ in seen)
    assert summary.rows["exchanges"] == TINY.exchanges
    assert all((tmp_path / "out" / name).is_file() for name in summary.files)


def test_a_directory_with_files_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("keep")
    with pytest.raises(WorkbenchError, match="not empty"):
        generate(tmp_path, TINY)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"accounts": 0},
        {"exchanges": -1},
        {"campaigns": (CampaignSpec(301, 1),)},
        {"campaigns": (CampaignSpec(20, 5),)},
        {"omit": ("nonsense",)},
        {"formats": ("xlsx",)},
    ],
)
def test_impossible_worlds_are_refused_before_any_work(
    tmp_path: Path, wrong: dict[str, object]
) -> None:
    with pytest.raises(UsageError):
        generate(tmp_path / "out", replace(TINY, **wrong))  # type: ignore[arg-type]
    assert not (tmp_path / "out").exists()


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    accounts=st.integers(1, 60),
    exchanges_wanted=st.integers(0, 900),
    seed=st.integers(0, 2**31),
    days=st.integers(2, 90),
    size=st.integers(2, 12),
    level=st.integers(0, 4),
)
def test_any_small_world_can_be_made(
    tmp_path_factory: pytest.TempPathFactory,
    accounts: int,
    exchanges_wanted: int,
    seed: int,
    days: int,
    size: int,
    level: int,
) -> None:
    campaigns = (CampaignSpec(size, level),) if size <= accounts else ()
    config = SynthConfig(accounts, exchanges_wanted, seed, days=days, campaigns=campaigns)
    directory = tmp_path_factory.mktemp("any") / "world"
    summary = generate(directory, replace(config, paragraph_chars=40, zstd=1))
    assert summary.rows["accounts"] == accounts
    assert summary.rows.get("exchanges", 0) == exchanges_wanted
    times = read(directory, "exchanges")["ts"]
    if len(times):
        span = np.timedelta64(days, "D")
        assert times.min() >= config.start  # type: ignore[operator]
        assert times.max() <= config.start + span.astype("timedelta64[us]").item()
