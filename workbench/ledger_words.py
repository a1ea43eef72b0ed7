"""How the ledger of a case stands, in a few lines: head, problems, checkpoints, policy."""

from __future__ import annotations

from workbench.audit.decisions import STANDS
from workbench.audit.policy import Policy
from workbench.audit.state import LedgerState
from workbench.desk import Desk
from workbench.errors import WorkbenchError
from workbench.ledger_tables import time_text
from workbench.text.format import counted

Line = tuple[str, str]
_MOST = 3
_DAY = 86_400_000_000


def policy_words(policy: Policy) -> str:
    """What a policy demands, in words."""
    two = [*sorted(policy.two_people_verdicts), *sorted(policy.two_people_reasons)]
    if policy.two_people_over:
        two.append(f"more than {policy.two_people_over:,} accounts")
    signed = "only signed records count" if policy.signed else "unsigned records count too"
    masked = f"; masked: {', '.join(sorted(policy.masked))}" if policy.masked else ""
    needs = f"two people for {', '.join(two)}" if two else "nothing needs two people"
    return f"{needs}; {signed}{masked}"


def in_pieces(state: LedgerState) -> list[str]:
    """Who decided more accounts than one person may, in decisions that are small enough each.

    Counted are decisions in force by analyst, verdict and day (UTC, by the clocks of those who
    wrote): the clock is no ground to let a decision count or not, so that this only tells. An
    account counts once for each decision.
    """
    over, table = state.policy.two_people_over, state.decisions
    if not over:
        return []
    sums: dict[tuple[int, int, int], tuple[int, int]] = {}
    names = ("analyst", "verdict", "decided_at", "count", "status")
    for analyst, verdict, at, count, status in zip(
        *(table.columns[name] for name in names), strict=True
    ):
        if status == STANDS and count <= over:
            key = (analyst, verdict, at // _DAY)
            decisions, accounts = sums.get(key, (0, 0))
            sums[key] = (decisions + 1, accounts + count)
    return [
        f"{table.words[analyst]} decided {accounts:,} accounts ({table.words[verdict]}) in "
        f"{decisions:,} decisions on {str(time_text(day * _DAY))[:10]}; more than {over:,} at "
        "once need two people"
        for (analyst, verdict, day), (decisions, accounts) in sums.items()
        if accounts > over
    ]


def head_lines(desk: Desk) -> list[Line]:
    """Lines with the style that each is shown in."""
    try:
        ledger = desk.ledger()
    except WorkbenchError as error:
        return [(error.message, "bold $error"), (error.hint, "$text-muted")]
    state, head = ledger.state, ledger.head
    if not head.size and not ledger.problems:
        return [("Nothing is recorded yet.", "bold"), (f"policy: {policy_words(state.policy)}", "")]
    lines: list[Line] = [
        (f"{head.size:,} lines · root {head.root[:16]}… · head {head.h[:16]}…", "bold")
    ]
    for problem in ledger.problems[:_MOST]:
        lines.append((f"▲ {problem}", "bold $error"))
    if len(ledger.problems) > _MOST:
        lines.append((f"▲ and {len(ledger.problems) - _MOST:,} more", "bold $error"))
    if ledger.recovered:
        lines.append((f"▲ {len(ledger.recovered):,} recovered ranges: V lists them", "$warning"))
    if ledger.notice:
        lines.append((f"▲ {ledger.notice}", "$warning"))
    lines.append(_checkpoint_line(state.checkpoints, head.size))
    lines.append(_policy_line(desk))
    pieces = in_pieces(state)
    lines += [(f"▲ {one}", "$warning") for one in pieces[-_MOST:]]
    if len(pieces) > _MOST:
        lines.append((f"▲ and {len(pieces) - _MOST:,} days before: audit policy", "$warning"))
    if state.conflicts:
        words = (
            f"▲ {counted(len(state.conflicts), 'account')} on which a merge disagrees: decide anew"
        )
        lines.append((words, "$warning"))
    if state.ignored:
        lines.append((f"not counted: {counted(len(state.ignored), 'record')}", "$text-muted"))
    return lines


def _checkpoint_line(checkpoints: list[dict[str, object]], size: int) -> Line:
    if not checkpoints:
        return ("no checkpoint yet: workbench audit checkpoint, and keep it elsewhere", "$warning")
    newest = checkpoints[-1]
    covered = int(str(newest["size"]))
    signed = "signed" if newest["sig_sha256"] else "not signed"
    behind = counted(size - covered, "line") + " since" if size > covered else "nothing since"
    return (f"checkpoint at {covered:,}, {signed}, {behind}", "")


def _policy_line(desk: Desk) -> Line:
    state = desk.ledger().state
    if not state.policies:
        return (f"policy as shipped: {policy_words(state.policy)}", "")
    last = state.policies[-1]
    when = str(time_text(last["ts"]))[:16]
    times = "once" if len(state.policies) == 1 else f"{len(state.policies):,} times, last"
    return (
        f"policy set {times} by {last['who']['name']} on {when}: {policy_words(state.policy)}",
        "",
    )
