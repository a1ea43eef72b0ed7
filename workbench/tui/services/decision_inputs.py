"""What a decision needs before it is made: the accounts of a group, a store that is as it was."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from workbench.tui.app import Bench


async def group_accounts(bench: Bench, kind: str, name: str) -> tuple[str, ...]:
    """Every account of a cluster or campaign, however many; none where there is no such."""
    query = bench.library.query(f"{kind}-account-ids")
    opened = await bench.query_service.open(query.sql, {kind: name}, 1_000_000, 1 << 20)
    bench.query_service.close_result(int(opened["result"]))
    return tuple(str(row[0]) for row in opened["rows"])


async def verify_store(bench: Bench) -> None:
    """Hash the store before a decision rests on it; cached by the file's identity."""
    case = bench.service.case
    if not case.digest_is_cached():
        bench.show_status("hashing the store before the decision…")
        await bench.query_service.background(case.verify_store)
