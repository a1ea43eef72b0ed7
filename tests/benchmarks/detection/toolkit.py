"""The packaged coordination-network-toolkit on the same data: co_link on addresses within an hour.

It is installed in an environment of its own, whose folder the examination is given; accounts of
one component of at least five, over edges of its default weight, are called.
"""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
from pathlib import Path

import duckdb
import polars as pl

from tests.benchmarks.detection.baselines import answer

# One line an exchange, in the order of columns that its preprocess step documents.
_MESSAGES = """
COPY (
    SELECT row_number() OVER (ORDER BY account_id, ts, source_id, source_row) AS message_id,
           account_id AS user_id, account_id AS username, '' AS repost_id, '' AS reply_id,
           '' AS message, CAST(floor(epoch(ts)) AS BIGINT) AS timestamp, ip AS urls
    FROM exchanges WHERE ip IS NOT NULL
    ORDER BY message_id
) TO '{}' (FORMAT csv, HEADER)
"""
_HOUR = "3600"


def co_link(store: Path, environment: Path, folder: Path) -> pl.DataFrame:
    """Its network, in the form of an answer; raises CalledProcessError where it fails."""
    work = folder / "toolkit"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir()
    messages, network = work / "messages.csv", work / "network.sqlite"
    with duckdb.connect(str(store), read_only=True) as case:
        case.execute(_MESSAGES.format(str(messages).replace("'", "''")))
    program = str(environment / "bin" / "compute_networks")
    for step in (
        ("preprocess", str(messages)),
        ("compute", "co_link", "--time_window", _HOUR),
    ):
        subprocess.run([program, str(network), *step], check=True, capture_output=True)
    with sqlite3.connect(network) as made:
        edges = made.execute(
            "SELECT user_1, user_2 FROM co_link_network WHERE user_1 < user_2"
        ).fetchall()
    shutil.rmtree(work)
    return answer(edges, 5)
