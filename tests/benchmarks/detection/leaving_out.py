"""Takes tables or columns out of an extract, as an exporter that had not got them would."""

from __future__ import annotations

from pathlib import Path

import polars as pl

COLUMNS = {
    "ips": ("ip", "signup_ip"),
    "tls": ("tls_fingerprint", "user_agent"),
    "clients": ("user_agent", "tls_fingerprint", "device_id"),
    "orgs": ("org_id", "verified"),
    "prompts": ("prompt",),
    "hashes": ("prompt",),
}
TABLES = ("payments", "accounts", "exchanges")
OMITTED = (*TABLES, *COLUMNS)


def leave_out(folder: Path, omit: str) -> None:
    """Rewrite the Parquet files of an extract without what `omit` names."""
    for path in sorted(folder.glob("*.parquet")):
        if path.stem == omit:
            path.unlink()
            continue
        frame = pl.read_parquet(path)
        if omit == "hashes" and "prompt" in frame.columns:
            frame = frame.with_columns(prompt_hash=pl.col("prompt").hash(7).cast(pl.String))
        gone = [name for name in COLUMNS.get(omit, ()) if name in frame.columns]
        frame.drop(gone).write_parquet(path)
