"""What a ledger and its records say in words: a record in a line or whole, head and policy."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from workbench.audit.errors import DamagedError
from workbench.audit.log.append import Ledger, Record
from workbench.audit.records.schema import references
from workbench.audit.state.decision_table import STANDS
from workbench.audit.state.policy import Policy
from workbench.audit.state.state import LedgerState
from workbench.decisions.service import CaseService
from workbench.decisions.tables import time_text
from workbench.errors import WorkbenchError
from workbench.text.format import counted

Body = dict[str, Any]
_MAX_VALUES_SHOWN = 200


def headline(fields: dict[str, Any]) -> str:
    """What a record did, in one line."""
    teller = _HEADLINES.get(fields["type"])
    return teller(fields["body"]) if teller is not None else ""


def row(record: Record) -> list[Any]:
    """A record as `COLUMNS` name its cells."""
    fields = record.fields
    signed = "signed" if fields["sig"] else ""
    name, brought = person(fields)
    what = headline(fields) + (f", taken over by {brought}" if brought else "")
    return [fields["seq"], time_text(fields["ts"]), fields["type"], name, what, signed,
            fields["id"]]  # fmt: skip


def person(fields: Body) -> tuple[str, str]:
    """Who said what a record says; and who took it over from another copy, else an empty text."""
    origin = fields["body"].get("origin")
    if origin is None:
        return fields["who"]["name"], ""
    return origin["who"]["name"], fields["who"]["name"]


COLUMNS = ["seq", "at", "type", "analyst", "what", "signed", "record_id"]


def whole(ledger: Ledger, record: Record) -> str:
    """Every field of a record and the lists that it names, for reading."""
    fields = record.fields
    name, brought = person(fields)
    by = f"{fields['type']} by {name} at {time_text(fields['ts'])} UTC"
    by += f", taken over by {brought}" if brought else ""
    parts = [by, headline(fields), "", json.dumps(fields, indent=1, sort_keys=True)]
    for digest, count in references(record.fields["body"]):
        parts.append(f"\nlist {digest}: {count:,} values")
        try:
            values = ledger.sets.get(digest)
        except DamagedError as error:
            parts.append(error.message)
            continue
        parts += [json.dumps(value) for value in values[:_MAX_VALUES_SHOWN]]
        if count > _MAX_VALUES_SHOWN:
            parts.append(f"and {count - _MAX_VALUES_SHOWN:,} more")
    return "\n".join(parts)


def whole_record(service: CaseService, record_id: str) -> str:
    """A record of the case's ledger by its id, for reading."""

    def reading(ledger: Ledger) -> str:
        record = ledger.record(record_id)
        return whole(ledger, record) if record is not None else "This record cannot be read."

    return service.read(reading)


def subject_words(subject: Body) -> str:
    """Whom a decision is about."""
    if subject["kind"] == "account":
        return str(subject["id"])
    name = f" {subject['id']}" if subject["id"] else ""
    return f"{subject['kind']}{name} of {subject['count']:,} accounts"


def _decision(body: Body) -> str:
    return f"{body['verdict']} {body['reason']} on {subject_words(body['subject'])}"


def _countersign(body: Body) -> str:
    return f"{'agrees to' if body['answer'] == 'agree' else 'refuses'} {body['record']}"


def _note(body: Body) -> str:
    text = f": {body['text']}" if body["text"] else ""
    return f"{body['kind']} on {body['subject']} {body['id']}{text}"


def _list_edit(body: Body) -> str:
    return f"{body['action']} {body['family']} {body['value']} as {body['role']}: {body['reason']}"


def _campaign_edit(body: Body) -> str:
    others = f" with {', '.join(body['others'])}" if body["others"] else ""
    name = f" “{body['name']}”" if body["name"] else ""
    return f"{body['action']} {body['campaign']}{others}{name}"


def _sample(body: Body) -> str:
    subject, result = subject_words(body["subject"]), body["result"]
    if result is None:
        return f"draws {body['drawn']['count']:,} of {subject}"
    return (
        f"{result['found']:,} of {result['n']:,} wrong in {subject}: "
        f"{float(result['low']):.1%} to {float(result['high']):.1%}"
    )


def _export(body: Body) -> str:
    return f"{body['what']} as {body['format']} to {body['path']}, {body['rows']:,} rows"


def _clipboard(body: Body) -> str:
    return f"{body['what']} {body['entity']}, {body['rows']:,} rows, {body['chars']:,} characters"


def _policy(body: Body) -> str:
    signed = ", signed records only" if body["signed"] else ""
    return f"{body['sha256'][:12]}…{signed}: {body['reason']}{_by_one(body)}"


def _key(body: Body) -> str:
    return f"{body['action']} {body['principal']} {body['fingerprint']}{_by_one(body)}"


def _by_one(body: Body) -> str:
    """What a policy or key says of a second person."""
    if body.get("waits"):
        return ", waits for a second person"
    return f", alone: {body['alone']}" if body.get("alone") else ""


def _merge(body: Body) -> str:
    conflicts = body["conflicts"]["count"] if body["conflicts"] else 0
    disputes = body["disputes"]["count"] if body.get("disputes") else 0
    told = f", {counted(disputes, 'dispute')}" if disputes else ""
    came = counted(body["lines"]["count"], "record")
    return f"{came} came, {counted(conflicts, 'conflict')}{told}"


def _recovery(body: Body) -> str:
    reason = f": {body['reason']}" if body["reason"] else ""
    return f"{body['kind']}, {len(body['ranges']):,} ranges{reason}"


_OUTCOMES = {"agree": "stands", "refuse": "does not stand"}
_HEADLINES: dict[str, Callable[[Body], str]] = {
    "open": lambda body: f"case {body['case']}, {body['format']}",
    "decision": _decision,
    "proposal": lambda body: _decision(body["decision"]),
    "countersign": _countersign,
    "reversal": lambda body: f"takes back {body['record']}: {body['note'] or body['reason']}",
    "note": _note,
    "list_edit": _list_edit,
    "campaign_edit": _campaign_edit,
    "sample": _sample,
    "export": _export,
    "clipboard": _clipboard,
    "reveal": lambda body: f"{body['field']} of {body['entity']} {body['id']}: {body['reason']}",
    "report": lambda body: f"{body['what']} {body['id']} to {body['path']}",
    "policy": _policy,
    "key": _key,
    "resolve": lambda body: f"{body['record']} {_OUTCOMES[body['answer']]}: {body['note']}",
    "hit": lambda body: (
        f"{body['family']} {body['value']} ({body['role']}) returned on "
        f"{counted(body['accounts']['count'], 'account')}"
    ),
    "pin": lambda body: f"“{body['title']}” on {body['subject']} {body['id']}",
    "checkpoint": lambda body: f"covers {body['size']:,} records, {body['note']}",
    "merge": _merge,
    "recovery": _recovery,
}


Line = tuple[str, str]
_MAX_PROBLEMS_SHOWN = 3
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


def head_lines(service: CaseService) -> list[Line]:
    """Lines with the style that each is shown in."""
    try:
        return service.read(_head_lines)
    except WorkbenchError as error:
        return [(error.message, "bold $error"), (error.hint, "$text-muted")]


def _head_lines(ledger: Ledger) -> list[Line]:
    state, head = ledger.state, ledger.head
    if not head.size and not ledger.problems:
        return [("Nothing is recorded yet.", "bold"), (f"policy: {policy_words(state.policy)}", "")]
    lines: list[Line] = [
        (f"{head.size:,} lines · root {head.root[:16]}… · head {head.h[:16]}…", "bold")
    ]
    for problem in ledger.problems[:_MAX_PROBLEMS_SHOWN]:
        lines.append((f"▲ {problem}", "bold $error"))
    if len(ledger.problems) > _MAX_PROBLEMS_SHOWN:
        lines.append((f"▲ and {len(ledger.problems) - _MAX_PROBLEMS_SHOWN:,} more", "bold $error"))
    if ledger.recovered:
        lines.append((f"▲ {len(ledger.recovered):,} recovered ranges: V lists them", "$warning"))
    if ledger.notice:
        lines.append((f"▲ {ledger.notice}", "$warning"))
    lines += [(f"▲ {one}", "bold $warning") for one in state.statements()]
    lines.append(_checkpoint_line(state.checkpoints, head.size))
    lines.append(_policy_line(state))
    pieces = in_pieces(state)
    lines += [(f"▲ {one}", "$warning") for one in pieces[-_MAX_PROBLEMS_SHOWN:]]
    if len(pieces) > _MAX_PROBLEMS_SHOWN:
        lines.append(
            (f"▲ and {len(pieces) - _MAX_PROBLEMS_SHOWN:,} days before: audit policy", "$warning")
        )
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


def _policy_line(state: LedgerState) -> Line:
    if not state.policies:
        return (f"policy as shipped: {policy_words(state.policy)}", "")
    last = state.policies[-1]
    when = str(time_text(last["ts"]))[:16]
    times = "once" if len(state.policies) == 1 else f"{len(state.policies):,} times, last"
    return (
        f"policy set {times} by {last['who']['name']} on {when}: {policy_words(state.policy)}",
        "",
    )
