"""docs/ledger-format.schema.json: `python -m tests.docs.ledger_schema` writes it."""

from __future__ import annotations

import json
from pathlib import Path

from workbench.audit.json_schema import record_schema

SCHEMA_FILE = Path(__file__).resolve().parents[2] / "docs" / "ledger-format.schema.json"


def schema_text() -> str:
    """What the file should hold."""
    return json.dumps(record_schema(), indent=1, ensure_ascii=True) + "\n"


if __name__ == "__main__":
    SCHEMA_FILE.write_text(schema_text(), encoding="ascii")
