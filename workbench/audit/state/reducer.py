"""The reducer: what each record does to the state.

`apply` is total: a record that cannot count (a countersignature by the proposer, a reversal of
nothing) is kept in `ignored` with the reason, and changes nothing else.
"""

from __future__ import annotations

from collections.abc import Callable

from workbench.audit.errors import MalformedError
from workbench.audit.records.canonical_json import Fields
from workbench.audit.records.entries import read_record
from workbench.audit.records.identity import Who
from workbench.audit.records.schema import lists, refers
from workbench.audit.records.verify_origin import origin_mismatch
from workbench.audit.state.decision_table import PENDING, REFUSED, REVERSED, STANDS
from workbench.audit.state.state import LedgerState, body_digest

_NOT_MERGED = frozenset(("open", "policy", "key", "recovery", "checkpoint", "merge"))


def apply(state: LedgerState, fields: Fields, offset: int = -1) -> None:
    """Take in the next record; `offset` is its place in the file, -1 where it has none."""
    kind = fields["type"]
    state.counts[kind] = state.counts.get(kind, 0) + 1
    if refers(fields):
        for digest, count, as_kind in lists(fields["body"]):
            state.sets[digest] = count
            if fields["v"] > 1 and as_kind not in (known := state.kinds.setdefault(digest, [])):
                known.append(as_kind)
            state.lost.pop(digest, None)  # it was there when this record named it
    handler = _HANDLERS.get(kind)
    if handler is None:
        return
    body = fields["body"]
    origin = body.get("origin")
    if origin is not None:
        why = origin_mismatch(kind, body, state.read_set(origin["line"]["set"]))
        if why:
            _ignore(state, fields, why)
            return
    handler(state, fields, offset)


def _ignore(state: LedgerState, fields: Fields, why: str) -> None:
    state.ignored.append({"record": fields["id"], "why": why})


def _touch(state: LedgerState, number: int, subject: Fields) -> None:
    accounts = state.accounts(subject)
    state.decisions.touch(number, accounts)
    if state.conflicts:
        for account in accounts:
            state.conflicts.pop(account, None)


def _on_decision(state: LedgerState, fields: Fields, offset: int) -> None:
    if offset < 0 and state.decisions.find(fields["id"]) >= 0:
        return  # merged twice
    body = fields["body"]
    if state.policy.needs_second(body):
        _propose(state, fields, body, Who.of(fields["who"]), offset)
        return
    place = (fields["seq"], offset)
    number = state.decisions.add(
        fields["id"], body, fields["who"]["name"], fields["ts"], place, STANDS
    )
    _touch(state, number, body["subject"])


def _on_proposal(state: LedgerState, fields: Fields, offset: int) -> None:
    body = fields["body"]
    origin = body["origin"]
    if origin is not None:
        known = state.aliases.get(origin["id"], origin["id"])
        if state.decisions.find(known) >= 0:
            state.aliases[fields["id"]] = known
            return
        state.aliases[origin["id"]] = fields["id"]
    if state.decisions.find(fields["id"]) < 0:
        who = fields["who"] if origin is None else origin["who"]
        _propose(state, fields, body["decision"], Who.of(who), offset)


def _propose(state: LedgerState, fields: Fields, decision: Fields, who: Who, offset: int) -> None:
    place = (fields["seq"], offset)
    number = state.decisions.add(fields["id"], decision, who.name, fields["ts"], place, PENDING)
    state.pending[fields["id"]] = {
        "number": number,
        "who": who.as_field(),
        "ts": fields["ts"],
        "body_sha256": body_digest(decision),
        "subject": decision["subject"],
    }


def _on_countersign(state: LedgerState, fields: Fields, offset: int) -> None:
    body = fields["body"]
    origin = body["origin"]
    who = Who.of(fields["who"] if origin is None else origin["who"])
    why = state.refuses_countersign(body, who, fields["v"])
    if why:
        _ignore(state, fields, why)
        return
    if fields["v"] > 1 and (body["record"] in state.asked or body["record"] in state.alone):
        _second(state, fields)
        return
    target = state.aliases.get(body["record"], body["record"])
    waiting = state.pending.pop(target)
    number = waiting["number"]
    _answered(state, target, fields["id"], body["answer"], waiting)
    if body["answer"] == "refuse":
        state.decisions.set_status(number, REFUSED)
        return
    _stands(state, waiting, fields["ts"])


def _stands(state: LedgerState, waiting: Fields, ts: int) -> None:
    number = waiting["number"]
    state.decisions.set_status(number, STANDS)
    state.decisions.columns["decided_at"][number] = ts
    _touch(state, number, waiting["subject"])


def _answered(state: LedgerState, target: str, record: str, answer: str, waiting: Fields) -> None:
    """Keep what was answered to a proposal, and what it was, for a merge that says otherwise."""
    state.answers[target] = {record: answer}
    state.settled[target] = waiting


def _second(state: LedgerState, fields: Fields) -> None:
    """A second person's word on a policy or key."""
    body, target = fields["body"], fields["body"]["record"]
    agrees = body["answer"] == "agree"
    first = state.asked.pop(target, None)
    if agrees:
        alone = state.alone.pop(target, None)
        for key in state.keys if alone is not None else ():
            if key["record"] == target:
                key["by"].append(fields["who"])
    if first is not None and agrees:
        _EFFECTS[first["type"]](state, first, [first["who"], fields["who"]])


def _on_reversal(state: LedgerState, fields: Fields, offset: int) -> None:
    target, who = fields["body"]["record"], Who.of(fields["who"])
    target = state.aliases.get(target, target)
    why = state.refuses_reversal(target, who, fields["v"])
    if why:
        _ignore(state, fields, why)
        return
    if fields["v"] > 1 and state.asked.pop(target, None) is not None:
        return
    if state.two_to_undo(target) and target not in state.undoing:
        first = {"record": fields["id"], "who": who.as_field(), "ts": fields["ts"]}
        state.undoing[target] = first
        return
    state.undoing.pop(target, None)
    state.reversed[target] = fields["id"]
    number = state.decisions.find(target)
    if number >= 0:
        state.decisions.set_status(number, REVERSED)
        waiting = state.pending.pop(target, None)
        if waiting is not None:
            _answered(state, target, fields["id"], "refuse", waiting)


def _on_resolve(state: LedgerState, fields: Fields, offset: int) -> None:
    target = fields["body"]["record"]
    target = state.aliases.get(target, target)
    if why := state.refuses_resolve(target, Who.of(fields["who"])):
        _ignore(state, fields, why)
        return
    waiting = state.disputes.pop(target)
    state.pending.pop(target, None)
    _settle(state, target, {fields["id"]: fields["body"]["answer"]}, waiting, fields["ts"])


def _settle(
    state: LedgerState, target: str, answers: dict[str, str], waiting: Fields, ts: int
) -> None:
    """Let one answer to a proposal count in place of all before it."""
    state.answers[target], state.settled[target] = answers, waiting
    state.reversed.pop(target, None)
    if "refuse" in answers.values():
        state.decisions.set_status(waiting["number"], REFUSED)
    else:
        _stands(state, waiting, ts)


def _on_merge(state: LedgerState, fields: Fields, offset: int) -> None:
    body = fields["body"]
    records = _brought(state, fields)
    accounts = state.read_set(body["conflicts"]["set"]) if body["conflicts"] else []
    ours = {account: state.current_number(account) for account in accounts}
    decided = {account for one in records for account in _decides_on(state, one)}
    others = {account: state.current_number(account) for account in decided - ours.keys()}
    state.merges.append({"record": fields["id"], **body})
    if fields["v"] > 1:
        records = [one for one in records if not _disputes(state, fields, one)]
    edits = {edit["record"] for edit in (*state.list_edits, *state.campaign_edits)}
    for record in records:
        if record["id"] in edits:
            # Brought again, an edit that was undone since would count as the newest.
            _ignore(state, fields, f"the edit {record['id']} is here already")
        elif record["id"] not in state.merged and record["type"] not in _NOT_MERGED:
            state.merged[record["id"]] = fields["seq"]
            apply(state, {**record, "seq": fields["seq"]})
    ours |= {
        account: number for account, number in others.items() if _outdone(state, account, number)
    }
    state.conflicts.update((account, number) for account, number in ours.items() if number >= 0)


def _disputes(state: LedgerState, fields: Fields, record: Fields) -> bool:
    """Whether a record that a merge brings answers what was answered here; it then is kept apart.

    Which answers are opposite and unaware of each other, the record of the merge says: who wrote it
    had both ledgers.
    """
    if record["type"] not in ("countersign", "reversal", "resolve") or record["id"] in state.merged:
        return False
    target = state.aliases.get(record["body"]["record"], record["body"]["record"])
    ours, settled = state.answers.get(target), state.settled.get(target)
    if ours is None or settled is None or _refused_then(state, record, settled):
        return False
    answer = record["body"].get("answer", "refuse")
    disputed = set(state.read_set(fields["body"]["disputes"]["set"])
                   if fields["body"]["disputes"] else ())  # fmt: skip
    if target not in disputed:
        if record["type"] == "reversal":
            return False
        if record["type"] == "resolve":
            state.disputes.pop(target, None)
            state.pending.pop(target, None)
            _settle(state, target, {record["id"]: answer}, settled, record["ts"])
        elif answer in ours.values():
            ours[record["id"]] = answer
        state.merged[record["id"]] = fields["seq"]
        return True
    if record["type"] == "resolve":
        ours = {name: one for name, one in ours.items() if name not in state.merged}
    state.answers[target] = {**ours, record["id"]: answer}
    state.merged[record["id"]] = fields["seq"]
    state.disputes[target] = state.pending[target] = settled
    state.reversed.pop(target, None)
    state.decisions.set_status(settled["number"], PENDING)
    return True


def _refused_then(state: LedgerState, record: Fields, settled: Fields) -> bool:
    """Whether an answer could not have counted where it was given."""
    body, origin = record["body"], record["body"].get("origin")
    who = Who.of(origin["who"] if origin else record["who"])
    if record["type"] == "countersign" and body["body_sha256"] != settled["body_sha256"]:
        return True
    author = Who.of(settled["who"])
    return record["type"] != "reversal" and state.same_person(who, author, record["v"])


def _brought(state: LedgerState, fields: Fields) -> list[Fields]:
    """The records that a merge brings."""
    records: list[Fields] = []
    for line in state.read_set(fields["body"]["lines"]["set"]):
        try:
            records.append(read_record(line.encode("ascii", "replace")))
        except MalformedError as error:
            _ignore(state, fields, f"a merged line is no record: {error}")
    return records


def _decides_on(state: LedgerState, record: Fields) -> list[str]:
    """The accounts of a decision, made or proposed; none for other records."""
    decision = {"decision": record["body"], "proposal": record["body"].get("decision")}
    body = decision.get(record["type"])
    return [] if body is None else state.accounts(body["subject"])


def _outdone(state: LedgerState, account: str, ours: int) -> bool:
    """Whether a merge let an older decision than ours say otherwise, and does not call it so.

    Who made it cannot have known ours. Whoever merges by hand could bring back what was settled.
    """
    theirs, table = state.decisions.current(account), state.decisions
    if ours < 0 or theirs in (ours, -1):
        return False
    (our_verdict, *_), (their_verdict, *_) = table.weight(ours), table.weight(theirs)
    made = table.columns["decided_at"]
    return our_verdict != their_verdict and made[theirs] < made[ours]


def _on_note(state: LedgerState, fields: Fields, offset: int) -> None:
    body = fields["body"]
    key = f"{body['subject']}:{body['id']}"
    entry = {"record": fields["id"], "who": fields["who"], "ts": fields["ts"]}
    why = state.refuses_note(body, Who.of(fields["who"]))
    if why:
        _ignore(state, fields, why)
    elif body["kind"] == "claim":
        state.claims[key] = entry
    elif body["kind"] == "release":
        state.claims.pop(key, None)
    else:
        state.comments.append({**entry, **body})


def _on_recovery(state: LedgerState, fields: Fields, offset: int) -> None:
    if fields["body"]["kind"] == "forced":
        for entry in fields["body"]["ranges"]:
            if entry["what"] == "file":
                state.lost[entry["sha256"]] = fields["id"]


def _on_checkpoint(state: LedgerState, fields: Fields, offset: int) -> None:
    _collect("checkpoints")(state, fields, offset)
    for name in ("note_sha256", "sig_sha256"):
        state.lost.pop(fields["body"][name], None)


def _on_policy(state: LedgerState, fields: Fields, offset: int) -> None:
    if fields["v"] > 1 and not _takes_effect(state, fields):
        return
    _let_policy(state, fields, [fields["who"]])


def _takes_effect(state: LedgerState, fields: Fields) -> bool:
    """Whether a policy or key of version 2 counts at once; one that waits is kept."""
    if fields["body"]["waits"]:
        state.asked[fields["id"]] = fields
        return False
    if why := state.refuses_alone(fields):
        _ignore(state, fields, why)
        return False
    if fields["body"]["alone"]:
        state.alone[fields["id"]] = fields
    return True


def _let_policy(state: LedgerState, fields: Fields, people: list[Fields]) -> None:
    body = fields["body"]
    state.policies.append(
        {"record": fields["id"], "set": body["text"]["set"], "sha256": body["sha256"],
         "signed": body["signed"], "who": fields["who"], "ts": fields["ts"]}
    )  # fmt: skip
    if why := state.set_policy(body["text"]["set"], signed=body["signed"]):
        _ignore(state, fields, why)


def _on_key(state: LedgerState, fields: Fields, offset: int) -> None:
    if fields["v"] == 1 or _takes_effect(state, fields):
        _let_key(state, fields, [fields["who"]])


def _let_key(state: LedgerState, fields: Fields, people: list[Fields]) -> None:
    entry = {**fields["body"], "record": fields["id"], "ts": fields["ts"]}
    state.keys.append({**entry, "author": fields["who"]["name"], "by": people})


_EFFECTS = {"policy": _let_policy, "key": _let_key}


def _collect(name: str) -> Callable[[LedgerState, Fields, int], None]:
    def handler(state: LedgerState, fields: Fields, offset: int) -> None:
        entry = {**fields["body"], "record": fields["id"], "ts": fields["ts"]}
        getattr(state, name).append({**entry, "author": fields["who"]["name"]})

    return handler


_HANDLERS: dict[str, Callable[[LedgerState, Fields, int], None]] = {
    "decision": _on_decision,
    "proposal": _on_proposal,
    "countersign": _on_countersign,
    "reversal": _on_reversal,
    "merge": _on_merge,
    "note": _on_note,
    "policy": _on_policy,
    "recovery": _on_recovery,
    "list_edit": _collect("list_edits"),
    "campaign_edit": _collect("campaign_edits"),
    "sample": _collect("samples"),
    "key": _on_key,
    "resolve": _on_resolve,
    "hit": _collect("hits"),
    "pin": _collect("pins"),
    "checkpoint": _on_checkpoint,
}
