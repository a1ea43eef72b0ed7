"""A query over what no extract had says so: no rows would read as a finding."""

from __future__ import annotations

import pytest

from workbench.catalog.extracts import EXTRACTS
from workbench.errors import WorkbenchError
from workbench.playbooks.availability import absent_columns, missing, require
from workbench.playbooks.library import library_in_sight


@pytest.mark.parametrize(
    ("query", "table", "column"),
    [("model-pivot", "model_releases", ""), ("shared-heads", "exchanges", "prompt_head"),
     ("accounts-of-instrument", "payments", "")],
)  # fmt: skip
def test_what_is_needed_and_absent_is_named(query: str, table: str, column: str) -> None:
    saved = library_in_sight().query(query)
    rows = [
        {"table_name": table, "column_name": name, "present": bool(column) and name != column}
        for name in EXTRACTS[table].names
    ]
    absent = absent_columns(rows)
    assert missing(saved, absent) == [f"{table}.{column}" if column else table]
    with pytest.raises(WorkbenchError, match="not available in this extract"):
        require(saved, absent)
    assert missing(saved, absent_columns([{**row, "present": True} for row in rows])) == []
