"""Tables that come from the ledger, not from an extract: laid over the store, never into it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from workbench.engine.session import engine_errors
from workbench.resources import statement
from workbench.sql.quoting import literal

if TYPE_CHECKING:
    from workbench.engine.session import Session

_LONGEST_LINE = 16 << 20


@dataclass(frozen=True)
class Overlay:
    """A table made of JSON lines that the bench hands over.

    `made_by` names a statement of `engine/sql` that makes it of them (as `given`) and the store.
    """

    name: str
    columns: tuple[tuple[str, str], ...]
    made_by: str = ""

    @property
    def select(self) -> str:
        """The statement over `given`."""
        if not self.made_by:
            return "SELECT * FROM given"
        return statement("engine", self.made_by)


DECISIONS = Overlay(
    "decisions",
    (
        ("place", "BIGINT"),
        ("account_id", "VARCHAR[]"),
        ("under", "BIGINT[]"),
        ("decision", "BIGINT[]"),
        ("verdict", "VARCHAR[]"),
        ("reason", "VARCHAR[]"),
        ("confidence", "VARCHAR[]"),
        ("analyst", "VARCHAR[]"),
        ("decided_at", "BIGINT[]"),
        ("expires_at", "BIGINT[]"),
        ("record_id", "VARCHAR[]"),
        ("pending", "BOOLEAN[]"),
    ),
    made_by="decisions",
)
CAMPAIGN_MEMBERS = Overlay(
    "campaign_members",
    (
        ("account_id", "VARCHAR"),
        ("campaign_id", "VARCHAR"),
        ("name", "VARCHAR"),
        ("whole", "BOOLEAN"),
        ("certain", "BOOLEAN"),
        ("by_hand", "BOOLEAN"),
    ),
    made_by="campaign_members",
)
SEEN_PATTERNS = Overlay(
    "seen_patterns",
    (
        ("pattern", "VARCHAR"),
        ("family", "VARCHAR"),
        ("value", "VARCHAR"),
        ("members", "BIGINT"),
        ("accounts", "BIGINT"),
    ),
)
ACCOUNTS_BEFORE = Overlay(
    "accounts_before",
    (
        ("account_id", "VARCHAR"),
        ("cluster_id", "VARCHAR"),
        ("campaign_like", "BOOLEAN"),
        ("exchanges", "BIGINT"),
        ("last_ts", "TIMESTAMP"),
    ),
)
OVERLAYS = {
    overlay.name: overlay
    for overlay in (DECISIONS, CAMPAIGN_MEMBERS, ACCOUNTS_BEFORE, SEEN_PATTERNS)
}


def read_account_ids(session: Session, parquet: Path) -> list[str]:
    """The column account_id of a Parquet file in the spill folder; raises QueryFailed."""
    with session.cursor() as cursor, engine_errors():
        rows = cursor.execute(
            "SELECT DISTINCT CAST(account_id AS VARCHAR) "
            f"FROM read_parquet({literal(str(parquet))}) WHERE account_id IS NOT NULL"
        ).fetchall()
    return [row[0] for row in rows]


def write_overlay(session: Session, overlay: Overlay, lines: Path) -> Path:
    """Turn the bench's JSON lines into a Parquet file beside them; an empty file is an empty table.

    Both paths are in the worker's own spill folder.
    """
    target = lines.with_suffix(".parquet")
    fields = ", ".join(f"{name}: '{kind}'" for name, kind in overlay.columns)
    source, written = (literal(str(path)) for path in (lines, target))
    with session.cursor() as cursor, engine_errors():
        cursor.execute(
            f"CREATE TEMP VIEW given AS SELECT * FROM read_json({source}, columns = {{{fields}}}, "
            f"format = 'newline_delimited', maximum_object_size = {_LONGEST_LINE})"
        )
        cursor.execute(f"COPY ({overlay.select}) TO {written} (FORMAT parquet)")
    return target
