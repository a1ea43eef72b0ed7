"""What the ledger says now: decisions in force and pending, claims, lists. The reducer fills it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from workbench.audit.errors import LedgerError
from workbench.audit.records.canonical_json import Fields, canonical, parse, sha256
from workbench.audit.records.identity import Who
from workbench.audit.records.key_history import MAY_BE_UNSIGNED, KeyRing
from workbench.audit.records.second_person import says_who
from workbench.audit.records.verify_origin import origin_mismatch
from workbench.audit.state.decision_table import STANDS, DecisionRow, DecisionTable
from workbench.audit.state.policy import Policy, lost_policy, read_policy, weakened

ReadSet = Callable[[str], list[str]]
# Raised whenever the reducer reads records differently, so that no state kept before is used.
REVISION = 11
REDUCED_FIELDS = (
    "pending", "claims", "comments", "list_edits", "campaign_edits", "samples", "policies", "keys",
    "checkpoints", "merges", "conflicts", "ignored", "reversed", "undoing", "sets", "kinds", "lost",
    "aliases", "merged", "counts", "asked", "alone", "answers", "settled",
    "disputes", "hits", "pins",
)  # fmt: skip


def body_digest(body: Fields) -> str:
    """What a countersignature binds: the SHA-256 of the proposed decision in canonical form."""
    return sha256(canonical(body))


class LedgerState:
    """Decisions in force and pending, claims, comments, list and campaign edits, policy, keys."""

    def __init__(self, read_set: ReadSet) -> None:
        self.read_set = read_set
        self.decisions = DecisionTable()
        self.pending: dict[str, Fields] = {}
        self.claims: dict[str, Fields] = {}
        self.comments: list[Fields] = []
        self.list_edits: list[Fields] = []
        self.campaign_edits: list[Fields] = []
        self.samples: list[Fields] = []
        self.policies: list[Fields] = []
        self.keys: list[Fields] = []
        self.checkpoints: list[Fields] = []
        self.merges: list[Fields] = []
        self.conflicts: dict[str, int] = {}
        self.ignored: list[Fields] = []
        self.reversed: dict[str, str] = {}
        self.undoing: dict[str, Fields] = {}
        self.sets: dict[str, int] = {}
        self.kinds: dict[str, list[str]] = {}
        self.lost: dict[str, str] = {}
        self.aliases: dict[str, str] = {}
        self.merged: dict[str, int] = {}
        self.counts: dict[str, int] = {}
        # Policies and keys that wait for a second person, and those that one set alone.
        self.asked: dict[str, Fields] = {}
        self.alone: dict[str, Fields] = {}
        # What was answered to each proposal, by the record that answers; opposite ones dispute it.
        self.answers: dict[str, dict[str, str]] = {}
        self.settled: dict[str, Fields] = {}
        self.disputes: dict[str, Fields] = {}
        self.hits: list[Fields] = []
        self.pins: list[Fields] = []
        self.policy = Policy()

    # -- asking ------------------------------------------------------------------------------

    def current(self, account: str) -> DecisionRow | None:
        """The decision in force on an account; None where there is none."""
        number = self.current_number(account)
        return None if number < 0 else self.decisions.row(account, number)

    def current_number(self, account: str) -> int:
        """The number of the decision in force on an account, or -1."""
        ours = self.conflicts.get(account, -1)
        if ours >= 0 and self.decisions.status(ours) == STANDS:
            return ours
        return self.decisions.current(account)

    def history(self, account: str) -> list[tuple[DecisionRow, str]]:
        """Decisions on an account, oldest first: "stands", "reversed", "pending", "refused"."""
        names = ("stands", "reversed", "pending", "refused")
        numbers = self.decisions.history(account)
        for waiting in self.pending.values():
            if waiting["number"] not in numbers and account in self.accounts(waiting["subject"]):
                numbers.append(waiting["number"])
        return [
            (self.decisions.row(account, number), names[self.decisions.status(number)])
            for number in numbers
        ]

    def decisions_rows(self) -> Iterator[DecisionRow]:
        """The `decisions` table: one row an account in force, and one for each that is pending.

        An account can have both; rows with `pending` do not count yet.
        """
        for account, number in decided(self):
            yield self.decisions.row(account, number)

    def entity_lists(self) -> list[Fields]:
        """The entity list entries in force: family, value, role, reason, author, until."""
        entries: dict[tuple[str, str], Fields] = {}
        for edit in self.list_edits:
            if edit["record"] in self.reversed:
                continue
            key = (edit["family"], edit["value"])
            entries.pop(key, None)
            if edit["action"] == "add":
                names = ("family", "value", "role", "reason", "author", "until")
                entries[key] = {name: edit[name] for name in names}
        return list(entries.values())

    def campaign_edits_in_force(self) -> list[Fields]:
        """The campaign edits in force, oldest first."""
        return [edit for edit in self.campaign_edits if edit["record"] not in self.reversed]

    def fingerprint(self) -> str:
        """One digest of the whole state, to compare two derivations of it."""
        blobs = self.decisions.blobs()
        return sha256(
            b"".join(bytes.fromhex(sha256(blobs[name])) for name in sorted(blobs))
            + canonical(self.reduced_fields())
        )

    def reduced_fields(self) -> dict[str, Any]:
        """Everything but the decision columns, as JSON values."""
        return {name: getattr(self, name) for name in REDUCED_FIELDS}

    def restore(self, table: DecisionTable, fields: dict[str, Any]) -> None:
        """Take over a state that was kept; raises KeyError where it is not a whole one."""
        self.decisions = table
        for name in REDUCED_FIELDS:
            setattr(self, name, fields[name])
        self.policy = Policy()
        for policy in self.policies:
            self.set_policy(policy["set"], signed=policy["signed"])

    def refuses(self, fields: Fields) -> str:
        """Why a record, drafted and signed, must not be appended now, or the empty string."""
        kind, body, who = fields["type"], fields["body"], Who.of(fields["who"])
        origin = body.get("origin")
        if origin is not None:
            lines = self.read_set(origin["line"]["set"])
            if why := origin_mismatch(kind, body, lines):
                return f"It cannot be taken over: {why}."
            who = Who.of(origin["who"])
        if self.policy.signed and (why := self._unsigned(fields)):
            return why
        if kind in ("decision", "proposal"):
            decision = body if kind == "decision" else body["decision"]
            reason = self.policy.refuses_reason(decision["verdict"], decision["reason"])
            second = self.policy.needs_second(decision) if kind == "decision" else ""
            return reason or (
                f"This must be proposed and countersigned: {second}." if second else ""
            )
        if kind == "countersign":
            return self.refuses_countersign(body, who, fields["v"])
        if kind == "reversal":
            return self.refuses_reversal(body["record"], who, fields["v"])
        if kind == "key":
            return self.ring().refuses_change(body, who, demanded=self.policy.signed)
        if kind == "policy":
            return _refuses_policy(self, fields)
        if kind == "resolve":
            return self.refuses_resolve(body["record"], who)
        return self.refuses_note(body, who) if kind == "note" else ""

    def refuses_alone(self, fields: Fields) -> str:
        """Why a policy or key that does not wait does not count, or the empty string."""
        if fields["type"] == "key":
            who = Who.of(fields["who"])
            return self.ring().refuses_change(fields["body"], who, demanded=False)
        if fields["body"]["alone"]:
            return ""
        try:
            policy = read_policy("\n".join(self.read_set(fields["body"]["text"]["set"])))
        except LedgerError:
            return ""
        less = weakened(self.policy, policy)
        return f"It weakens the policy ({'; '.join(less)}) by one person." if less else ""

    def ring(self) -> KeyRing:
        """The keys that may sign now."""
        return KeyRing(self.keys)

    def same_person(self, one: Who, other: Who, version: int = 2) -> bool:
        """Whether two acts count as one person's, by the keys that are enrolled."""
        if version == 1:
            return one.same_person(other, self.ring().owners())
        return one.one_person(other, self.ring().vouched(one.login()))

    def statements(self) -> list[str]:
        """What has to be said wherever this ledger is shown: what one person did alone."""
        found = [f"record {fields['seq']}: {says_who(fields)}" for fields in self.alone.values()]
        if hands := self.ring().one_pair_of_hands():
            found.append(f"one person holds all keys: {hands} vouched for every one")
        found += [f"record {fields['seq']}: {says_who(fields)}" for fields in self.asked.values()]
        return found + [
            f"two ledgers gave opposite answers to {record}; it does not count until it is resolved"
            for record in self.disputes
        ]

    def _unsigned(self, fields: Fields) -> str:
        """Why a record, or one that it takes over, lacks the signature that the policy demands."""
        ring, body = self.ring(), fields["body"]
        if not fields["sig"]:
            if fields["type"] in MAY_BE_UNSIGNED:
                return ""
            return "The policy of this case demands signed records; give the key to sign with."
        if why := ring.refuses(fields):
            return f"The policy demands keys that are enrolled; this record {why}."
        brought = body["lines"] if fields["type"] == "merge" else body.get("origin")
        if not brought:
            return ""
        for line in self.read_set(brought.get("line", brought)["set"]):
            if why := ring.wrong(parse(line.encode("ascii")), demanded=True):
                return f"The policy of this case demands signed records; one that came {why}."
        return ""

    def accounts(self, subject: Fields) -> list[str]:
        """The accounts that a subject stands for; none where its list is not as long as it says.

        How many people must agree goes by the count, so that a list cannot stand for more.
        """
        if not subject["set"]:
            return [subject["id"]]
        accounts = self.read_set(subject["set"])
        return accounts if len(accounts) == subject["count"] else []

    def refuses_countersign(self, body: Fields, who: Who, version: int = 2) -> str:
        """Why a countersignature would not count, or the empty string."""
        wanted: str = body["record"]
        first = self.asked.get(wanted) or self.alone.get(wanted)
        if first is not None and version > 1:
            return self._refuses_second(body, who, first)
        if self.aliases.get(wanted, wanted) in self.disputes:
            return f"Two ledgers gave opposite answers to {wanted}: it must be resolved."
        waiting = self.pending.get(self.aliases.get(wanted, wanted))
        if waiting is None:
            return f"No proposal {wanted} is waiting."
        if waiting["body_sha256"] != body["body_sha256"]:
            return "The countersignature is for another text than the proposal's."
        if self.same_person(who, Who.of(waiting["who"]), version):
            return "A proposal counts only when somebody else than its author countersigns it."
        return ""

    def _refuses_second(self, body: Fields, who: Who, first: Fields) -> str:
        """Why nobody has agreed to a policy or key by this, or the empty string."""
        if body_digest(first["body"]) != body["body_sha256"]:
            return f"The countersignature is for another text than the {first['type']}'s."
        if self.same_person(who, Who.of(first["who"])):
            return f"Somebody else than who asked must agree to this {first['type']}."
        return ""

    def refuses_resolve(self, record: str, who: Who) -> str:
        """Why a dispute would not be resolved, or the empty string."""
        dispute = self.disputes.get(self.aliases.get(record, record))
        if dispute is None:
            return f"Nothing is in dispute about {record}."
        if self.same_person(who, Who.of(dispute["who"])):
            return "Somebody else than the author of the proposal resolves it."
        return ""

    def refuses_note(self, body: Fields, who: Who) -> str:
        """Why a claim or release would not count, or the empty string."""
        held = self.claims.get(f"{body['subject']}:{body['id']}")
        if body["kind"] == "claim" and held and not self.same_person(Who.of(held["who"]), who):
            return f"{held['who']['name']} holds the claim on the {body['subject']} {body['id']}."
        if body["kind"] == "release" and not held:
            return f"Nobody has claimed the {body['subject']} {body['id']}."
        return ""

    def two_to_undo(self, record: str) -> str:
        """Why a decision in force is taken back only by two people, or the empty string.

        What one person may not decide alone, one person may not undo alone.
        """
        number = self.decisions.find(self.aliases.get(record, record))
        if number < 0 or self.decisions.status(number) != STANDS:
            return ""
        return self.policy.two_for(*self.decisions.weight(number))

    def refuses_reversal(self, record: str, who: Who, version: int = 2) -> str:
        """Why a reversal would not count, not even as the first of two; or the empty string."""
        record = self.aliases.get(record, record)
        if record in self.asked and version > 1:
            return ""
        if record in self.disputes:
            return f"Two ledgers gave opposite answers to {record}: it must be resolved."
        asked = self.undoing.get(record)
        if (
            asked
            and self.two_to_undo(record)
            and self.same_person(who, Who.of(asked["who"]), version)
        ):
            return f"Somebody else must take record {record} back too: {self.two_to_undo(record)}."
        if record in self.reversed:
            return f"Record {record} was reversed before."
        edits = (*self.list_edits, *self.campaign_edits, *self.pins)
        if self.decisions.find(record) < 0 and all(edit["record"] != record for edit in edits):
            return f"There is no decision, proposal or edit {record} to reverse."
        return ""

    def set_policy(self, digest: str, *, signed: bool) -> str:
        """Let the policy with this text count; returns why it does not, or the empty string.

        One that cannot be read changes nothing, and a lost one demands two people for everything:
        neither may loosen the one before it.
        """
        lines = self.read_set(digest)
        if not lines:
            self.policy = lost_policy(self.policy, signed=signed)
            return "The text of this policy is lost; two analysts are needed for every decision."
        try:
            self.policy = read_policy("\n".join(lines))
        except LedgerError as error:
            return error.message
        return ""


def _refuses_policy(state: LedgerState, fields: Fields) -> str:
    """Why a policy would not count, or the empty string."""
    try:
        policy = read_policy("\n".join(state.read_set(fields["body"]["text"]["set"])))
    except LedgerError as error:
        return error.message
    ring, body = state.ring(), fields["body"]
    if policy.signed and not ring.keys:
        return "No key is enrolled, so that nobody could sign: audit key add."
    if not (body["waits"] or body["alone"]) and (less := weakened(state.policy, policy)):
        return f"It weakens the policy ({'; '.join(less)}): a second person must agree."
    if policy.signed and ring.begun and fields["who"]["key"] not in ring.keys:
        return "Who demands signatures by enrolled keys must have one: audit key add."
    return ""


def decided(state: LedgerState) -> Iterator[tuple[str, int]]:
    """Accounts and numbers of the decisions on them: those in force, then those pending."""
    for account, number in state.decisions.in_force():
        yield account, state.current_number(account) if account in state.conflicts else number
    for waiting in state.pending.values():
        for account in state.accounts(waiting["subject"]):
            yield account, waiting["number"]
