"""policy.toml: which decisions need two people, which acts are recorded, and the reason codes.

The policy that counts is the one that the ledger's last `policy` record names, so that switching
four eyes off shows. Before any, the shipped one counts.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from workbench.audit.errors import LedgerError
from workbench.audit.records.canonical_json import Fields, sha256
from workbench.audit.records.schema import VERDICTS

FLAG_REASONS: Mapping[str, str] = {
    "R-PAY-SHARED": "A card, wallet or bank account is shared with accounts it should not be.",
    "R-INFRA-SHARED": "IP addresses, networks or proxies are shared beyond what is common.",
    "R-CLIENT-SHARED": "A rare client, TLS fingerprint or device is shared.",
    "R-TEMPLATE": "Prompts are filled from the same templates.",
    "R-SHARDING": "One work list is divided between the accounts without overlap.",
    "R-SIGNUP-BURST": "The accounts were opened in one burst or by one recipe.",
    "R-TIMING": "The accounts act on one clock or from one queue.",
    "R-RESURRECTED": "The account continues the work of one that was closed.",
    "R-MULTI": "Several independent signals, none of which would do alone.",
    "R-OTHER": "Another reason, which the note gives.",
}
CLEAR_REASONS: Mapping[str, str] = {
    "C-COMPANY": "People of one company behind one network and one bill.",
    "C-CLASS": "A class or course.",
    "C-RESELLER": "Customers of a known reseller.",
    "C-HARNESS": "An evaluation or test harness.",
    "C-FLEET": "One customer's own service accounts.",
    "C-FALSE-LINK": "The link does not hold: the shared value is common.",
    "C-OTHER": "Another reason, which the note gives.",
}
RECORDABLE = ("export", "clipboard", "report", "reveal", "list_edit", "campaign_edit")
MODES = ("off", "ids", "on")


@dataclass(frozen=True, slots=True)
class Policy:
    """What a case demands of its analysts."""

    two_people_reasons: frozenset[str] = frozenset()
    two_people_verdicts: frozenset[str] = frozenset()
    two_people_over: int = 0
    recorded: frozenset[str] = frozenset(RECORDABLE)
    clipboard: str = "ids"
    signed: bool = False
    masked: frozenset[str] = frozenset()
    reasons: Mapping[str, str] = field(default_factory=lambda: {**FLAG_REASONS, **CLEAR_REASONS})
    digest: str = ""

    def needs_second(self, decision: Fields) -> str:
        """Why a decision counts only when countersigned, or the empty string."""
        return self.two_for(decision["verdict"], decision["reason"], decision["subject"]["count"])

    def two_for(self, verdict: str, reason: str, count: int) -> str:
        """Why a decision of this weight needs two people, or the empty string."""
        if reason in self.two_people_reasons:
            return f"the reason {reason} needs two analysts"
        if verdict in self.two_people_verdicts:
            return f"the verdict {verdict} needs two analysts"
        if self.two_people_over and count > self.two_people_over:
            return f"{count:,} accounts are more than the {self.two_people_over:,} one may decide"
        return ""

    def refuses_reason(self, verdict: str, code: str) -> str:
        """Why a reason code does not fit a verdict, or the empty string."""
        if code not in self.reasons:
            return f"{code} is not a reason code of this case; it has {', '.join(self.reasons)}."
        if verdict == "flag" and code.startswith("C-"):
            return f"{code} is a reason for clearing, not for a flag."
        if verdict == "clear" and code.startswith("R-"):
            return f"{code} is a reason for a flag, not for clearing."
        return ""


def lost_policy(before: Policy, *, signed: bool) -> Policy:
    """What counts in place of a policy whose text is lost: at least what it can have demanded.

    Whoever deletes the file of a policy and recovers the ledger by hand must gain nothing.
    """
    return replace(
        before,
        two_people_verdicts=frozenset(VERDICTS),
        two_people_over=1,
        recorded=frozenset(RECORDABLE),
        clipboard=MODES[0],
        signed=signed,
        digest="",
    )


def weakened(before: Policy, after: Policy) -> list[str]:
    """What of four eyes, signatures and masks a policy gives up, in words: that takes two."""
    found: list[str] = []
    if before.signed and not after.signed:
        found.append("unsigned records are allowed")
    gone = (before.two_people_verdicts - after.two_people_verdicts) | (
        before.two_people_reasons - after.two_people_reasons
    )
    found += [f"one person may decide {word}" for word in sorted(gone)]
    if before.two_people_over and not 0 < after.two_people_over <= before.two_people_over:
        most = f"{after.two_people_over:,}" if after.two_people_over else "any number of"
        found.append(f"one person may decide {most} accounts")
    return found + [f"{column} is shown" for column in sorted(before.masked - after.masked)]


def loosened(before: Policy, after: Policy) -> list[str]:
    """What a policy no longer demands that the one before it did, in words."""
    found = weakened(before, after)
    found += [f"no record of {act}" for act in sorted(before.recorded - after.recorded)]
    if MODES.index(after.clipboard) > MODES.index(before.clipboard):
        found.append(f"the clipboard is {after.clipboard}")
    return found


def _bad(message: str) -> LedgerError:
    return LedgerError(
        f"The policy cannot be used: {message}.", title="Policy refused", hint="Mend policy.toml."
    )


def _words(table: Fields, name: str, allowed: tuple[str, ...] | None = None) -> frozenset[str]:
    value = table.pop(name, [])
    if not isinstance(value, list) or not all(isinstance(word, str) for word in value):
        raise _bad(f"{name} must be a list of texts")
    if allowed is not None and not set(value) <= set(allowed):
        raise _bad(f"{name} may hold {', '.join(allowed)}")
    return frozenset(value)


def _table(fields: Fields, name: str) -> Fields:
    value = fields.pop(name, {})
    if not isinstance(value, dict):
        raise _bad(f"[{name}] must be a table")
    return dict(value)


def read_policy(text: str) -> Policy:
    """Parse policy.toml; raises LedgerError naming the field that is off."""
    try:
        fields = tomllib.loads(text)
    except (ValueError, RecursionError, MemoryError) as error:
        raise _bad(str(error)) from error
    two, acts = _table(fields, "two_people"), _table(fields, "acts")
    mask = _table(fields, "mask")
    reasons = _table(fields, "reasons")
    signed = fields.pop("signed", False)
    over = two.pop("accounts_over", 0)
    clipboard = acts.pop("clipboard", "ids")
    if type(signed) is not bool:
        raise _bad("signed must be true or false")
    if type(over) is not int or not 0 <= over < 2**53:
        raise _bad("two_people.accounts_over must be a whole number")
    if clipboard not in MODES:
        raise _bad(f"acts.clipboard must be one of {', '.join(MODES)}")
    if not all(isinstance(meaning, str) for meaning in reasons.values()):
        raise _bad("every reason needs its definition as text")
    recorded = _words(acts, "recorded", RECORDABLE) if "recorded" in acts else frozenset(RECORDABLE)
    policy = Policy(
        _words(two, "reasons"),
        _words(two, "verdicts", VERDICTS),
        over,
        recorded,
        clipboard,
        signed,
        _words(mask, "columns"),
        reasons or {**FLAG_REASONS, **CLEAR_REASONS},
        sha256(text.encode("utf-8", "surrogatepass")),
    )
    left = {"two_people": two, "acts": acts, "mask": mask}
    unknown = [*fields, *(f"{name}.{key}" for name, table in left.items() for key in table)]
    if unknown:
        raise _bad(f"{unknown[0]} is not known")
    return policy


def spell_policy(policy: Policy) -> str:
    """The policy as policy.toml, reason codes and definitions included."""

    def quoted(value: str) -> str:
        escaped = value.replace("\\", "\\\\").replace('"', '\\"')
        return '"' + "".join(c if c.isprintable() else f"\\u{ord(c):04X}" for c in escaped) + '"'

    def listed(values: frozenset[str]) -> str:
        return "[" + ", ".join(map(quoted, sorted(values))) + "]"

    return "\n".join(
        [
            f"signed = {str(policy.signed).lower()}",
            "",
            "[two_people]",
            f"reasons = {listed(policy.two_people_reasons)}",
            f"verdicts = {listed(policy.two_people_verdicts)}",
            f"accounts_over = {policy.two_people_over}",
            "",
            "[acts]",
            f"recorded = {listed(policy.recorded)}",
            f"clipboard = {quoted(policy.clipboard)}",
            "",
            "[mask]",
            f"columns = {listed(policy.masked)}",
            "",
            "[reasons]",
            *(f"{quoted(code)} = {quoted(meaning)}" for code, meaning in policy.reasons.items()),
            "",
        ]
    )
