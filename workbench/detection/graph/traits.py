"""Link families: runs the trait queries and writes `traits` and `trait_stats`, sorted by value."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from workbench.catalog.columns import ENTITY_FAMILIES
from workbench.engine.session import engine_errors
from workbench.errors import WorkbenchError
from workbench.intake.load_session import LoadSession
from workbench.playbooks.format import SavedQuery
from workbench.resources import statement

# Pieces of text are kept only where accounts share them; entities always, for their pages.
_TEXTUAL = frozenset(("head", "tail", "prompt"))
# A value that this few accounts share is never a hub, however small the case.
SMALLEST_HUB = 40


@dataclass(frozen=True, slots=True)
class Family:
    """One link family. `cap`: a value that more accounts hold links nobody."""

    name: str
    weight: float
    cap: int
    queries: tuple[str, ...]
    empty: bool = False


def families_of(queries: Sequence[SavedQuery], accounts: int) -> list[Family]:
    """The families that trait queries feed, by name; `hub_cap` is per thousand accounts."""
    names = sorted({query.family or query.id for query in queries})
    found = []
    for name in names:
        own = [query for query in queries if (query.family or query.id) == name]
        share = max(query.hub_cap for query in own) or 1000
        cap = max(SMALLEST_HUB, accounts * share // 1000)
        found.append(
            Family(name, max(q.weight for q in own), cap, tuple(query.sql for query in own))
        )
    return found


def write_traits(
    session: LoadSession, families: Sequence[Family], tell: Callable[[str, int, int], None]
) -> list[Family]:
    """Create `traits`, `trait_stats` and the temporary `links`; returns the families with rows.

    `links` (family number in the returned order, v, a) numbers the values that at least two
    accounts share and `account_index` the accounts. Raises WorkbenchError naming the family
    whose query fails.
    """
    for part in statement("detection", "traits_begin").split(";\n"):
        session.run(part)
    kept: list[Family] = []
    for place, family in enumerate(families):
        tell(f"link family {family.name}", place, len(families))
        session.run("CREATE OR REPLACE TEMP TABLE found (account_id VARCHAR, value VARCHAR, "
                    "n BIGINT, first_ts TIMESTAMP, last_ts TIMESTAMP)")  # fmt: skip
        for sql in family.queries:
            _run_family(session, family, sql)
        singles = family.name in ENTITY_FAMILIES and family.name not in _TEXTUAL
        binding: dict[str, Any] = {"family": family.name, "cap": family.cap, "singles": singles}
        session.run(statement("detection", "family_stats"), parameters=binding)
        session.run(statement("detection", "family_traits"), parameters={"family": family.name})
        number = {"family": family.name, "number": len(kept)}
        before = int(session.value("SELECT count(*) FROM links"))
        session.run(statement("detection", "family_links"), parameters=number)
        if int(session.value("SELECT count(*) FROM links")) > before:
            kept.append(family)
    session.run("DROP TABLE found")
    return kept


def _run_family(session: LoadSession, family: Family, sql: str) -> None:
    try:
        with engine_errors():
            session.run(
                "INSERT INTO found SELECT CAST(account_id AS VARCHAR), CAST(value AS VARCHAR), "
                f"CAST(n AS BIGINT), first_ts, last_ts FROM ({sql}\n) "
                "WHERE account_id IS NOT NULL AND value IS NOT NULL AND value <> ''"
            )
    except WorkbenchError as error:
        raise WorkbenchError(
            f"The link family “{family.name}” cannot be run: {error.message}",
            hint="Check its file: workbench queries check",
        ) from error
