"""The engine's rows as Arrow batches while the statement still runs.

The engine's public stream has one fixed batch of 131,072 rows, so that a selective scan shows
nothing until it has found that many. The relation's own `_submit` takes the size; it is private,
which is why it is used here alone and why the engine's version is pinned. `test_spool` fails
where a later version changes it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import duckdb
import nanoarrow
import polars

from workbench.engine.session import engine_errors, not_enough_memory
from workbench.errors import Cancelled, QueryFailed

_PLUMBING = re.compile(r"^\w+::\w+\(\) failed \(\d+\): ")
_BATCH = 2048  # one vector of the engine: the first rows come soonest


def stream_batches(relation: duckdb.DuckDBPyRelation) -> Iterator[polars.DataFrame]:
    """Run a relation and yield its rows as frames while it runs, the first as soon as there are
    any.

    Raises Cancelled when the engine was interrupted, QueryFailed with its message otherwise.
    """
    try:
        stream = relation._submit("stream", _BATCH).arrow_capsule()
        for batch in nanoarrow.ArrayStream(stream):
            yield polars.DataFrame(batch)
    except duckdb.Error:
        with engine_errors():
            raise
    except (RuntimeError, OSError, ValueError, MemoryError) as error:
        text = _PLUMBING.sub("", str(error).strip())
        if "interrupt" in text.lower():
            raise Cancelled("The query was cancelled.") from error
        if isinstance(error, MemoryError) or "OutOfMemory" in text:
            raise not_enough_memory(text) from error
        raise QueryFailed(text or "The engine stopped without a message.") from error
