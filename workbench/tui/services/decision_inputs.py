"""What a decision needs before it is made: the accounts of a group, a store that is as it was."""

from __future__ import annotations

from collections.abc import Callable

from workbench.case.folder import Case
from workbench.playbooks.library import Library
from workbench.tui.services.query_service import QueryService

_MAX_ACCOUNTS, _CELL_CHARACTERS = 1_000_000, 1 << 20


async def group_accounts(
    query_service: QueryService, library: Library, kind: str, name: str
) -> tuple[str, ...]:
    """Every account of a cluster or campaign, however many; none where there is no such."""
    query = library.shipped(f"{kind}-account-ids")
    opened = await query_service.open(query.sql, {kind: name}, _MAX_ACCOUNTS, _CELL_CHARACTERS)
    query_service.close_result(opened.result)
    return tuple(str(row[0]) for row in opened.rows)


async def verify_store(
    query_service: QueryService, case: Case, show_status: Callable[[str], None]
) -> None:
    """Hash the store before a decision rests on it; cached by the file's identity."""
    if not case.digest_is_cached():
        show_status("hashing the store before the decision…")
        await query_service.background(case.verify_store)
