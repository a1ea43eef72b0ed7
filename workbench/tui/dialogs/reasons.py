"""Which reason fits what links a group: proposed in the decision dialog, never chosen silently."""

from __future__ import annotations

from collections.abc import Collection

from workbench.catalog.headings import words_of
from workbench.tui.messages import DecideOn
from workbench.tui.shell.context import Context

# The reason that says of a group what a source of evidence says.
REASON_OF_SOURCE = {
    "money": "R-PAY-SHARED", "network": "R-INFRA-SHARED", "client": "R-CLIENT-SHARED",
    "machine": "R-CLIENT-SHARED", "content": "R-TEMPLATE", "private": "R-TEMPLATE",
    "signup": "R-SIGNUP-BURST", "mail": "R-SIGNUP-BURST", "keys": "R-SIGNUP-BURST",
    "rhythm": "R-TIMING",
}  # fmt: skip


async def strongest_reason(
    context: Context, subject: DecideOn, known: Collection[str]
) -> tuple[str, str]:
    """The reason that fits the strongest evidence of a cluster, and which evidence that is."""
    if subject.kind != "cluster":
        return "", ""
    query = context.library.shipped("cluster-sources")
    rows = await context.query_service.rows(query, {"cluster": subject.ids[0]})
    for row in rows.records():
        if (code := REASON_OF_SOURCE.get(row["source"])) in known:
            return str(code), f"proposed: {words_of(row['source'])} is strongest"
    return "", ""
