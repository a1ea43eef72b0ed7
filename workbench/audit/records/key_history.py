"""Whose keys may sign: the `key` records of a ledger, in order.

Where the policy demands signatures, a record counts as signed only by a key that was enrolled for
its author when it was written. Before the first key is enrolled, any will do for records of version
1; for those of version 2 only for what begins: keys and policies.
"""

from __future__ import annotations

from collections.abc import Iterable

from workbench.audit.errors import LedgerError
from workbench.audit.records.canonical_json import Fields
from workbench.audit.records.identity import Who, alike
from workbench.audit.records.ssh_signatures import NAMESPACE, fingerprint, signing_key

MAY_BE_UNSIGNED = frozenset(("open", "recovery", "checkpoint"))
_BEGIN = frozenset(("key", "policy"))


class KeyRing:
    """The keys enrolled so far, by fingerprint; `begun` is whether there ever was one."""

    def __init__(self, bodies: Iterable[Fields] = ()) -> None:
        self.begun = False
        self.keys: dict[str, Fields] = {}
        for body in bodies:
            self.take(body)

    def copy(self) -> KeyRing:
        """The ring as it is now."""
        ring = KeyRing(self.keys.values())
        ring.begun = self.begun
        return ring

    def take(self, body: Fields) -> None:
        """Enrol or revoke as the body of a `key` record says."""
        if body["action"] == "add":
            self.begun = True
            self.keys[body["fingerprint"]] = body
        else:
            self.keys.pop(body["fingerprint"], None)

    def vouch(self, body: Fields, fields: Fields) -> None:
        """Take note of who agreed to a key by a countersign."""
        key = self.keys.get(body.get("fingerprint", ""))
        if key is not None and fields["body"]["answer"] == "agree":
            key["by"] = [*key.get("by", ()), fields["who"]]

    def owners(self) -> set[tuple[str, str]]:
        """Each enrolled key with the name it was enrolled for."""
        return {(name, body["principal"]) for name, body in self.keys.items()}

    def vouched(self, login: tuple[str, int]) -> set[tuple[str, str]]:
        """The enrolled keys, with their names, that somebody at another login vouched for."""
        return {
            (name, body["principal"])
            for name, body in self.keys.items()
            if any(Who.of(who).login() != login for who in body.get("by", ()))
        }

    def one_pair_of_hands(self) -> str:
        """Who alone vouched for every key there is, by login; or the empty string."""
        hands = {Who.of(who).login() for body in self.keys.values() for who in body.get("by", ())}
        if not self.keys or len(hands) != 1:
            return ""
        names = {who["name"] for body in self.keys.values() for who in body.get("by", ())}
        ((host, uid),) = hands
        return f"{' and '.join(sorted(names))} (uid {uid} on {host})"

    def refuses(self, fields: Fields) -> str:
        """Why the key that a signed record names does not count, or the empty string."""
        who = fields["who"]
        key = self.keys.get(who["key"])
        if not self.begun and (fields["v"] == 1 or fields["type"] in _BEGIN):
            return ""
        if key is None:
            return f"is signed by the key {who['key']}, not enrolled then"
        if key["principal"] != who["name"]:
            return f"names {who['name']}, but its key was enrolled for {key['principal']}"
        after, before = key["after"], key["before"]
        if fields["ts"] < (after or 0) or (before is not None and fields["ts"] >= before):
            return "is signed outside the time of its key"
        return ""

    def wrong(self, fields: Fields, *, demanded: bool) -> str:
        """What is wrong with who signed a record, where the policy demands it or not.

        Whether the signature holds is `ssh-keygen`'s to say.
        """
        if fields["sig"] and signing_key(fields["sig"]) != fields["who"]["key"]:
            return "is not signed by the key that it names"
        if not demanded or (not fields["sig"] and fields["type"] in MAY_BE_UNSIGNED):
            return ""
        return self.refuses(fields) if fields["sig"] else "is not signed, as the policy demands"

    def one_alone(self, fields: Fields) -> str:
        """Why a `key` record that takes effect at once needs somebody else, or the empty string."""
        body, name = fields["body"], fields["who"]["name"]
        if body["action"] == "revoke":
            key = self.keys.get(body["fingerprint"])
            theirs = key is not None and key["principal"] != name
            return "revokes the key of somebody else, by one person" if theirs else ""
        own = not body["alone"] and (not self.begun or body["principal"] == name)
        return "enrols a key, by one person who does not say why" if own else ""

    def refuses_change(self, body: Fields, who: Who, *, demanded: bool) -> str:
        """Why a `key` record would not count, or the empty string."""
        alone = not body["waits"] and not body["alone"]
        if body["action"] == "add":
            own = alone and (not self.begun or alike(body["principal"], who.name))
            first = "The first key is enrolled by two" if not self.begun else (
                "A key is enrolled by somebody else than whom it is for"
            )  # fmt: skip
            return mismatched(body) or (f"{first}, or by one who says why." if own else "")
        if body["fingerprint"] not in self.keys:
            return f"No key {body['fingerprint']} is enrolled."
        theirs = self.keys[body["fingerprint"]]["principal"] != who.name
        if theirs and not body["waits"]:
            return "The key of somebody else is revoked by two; nobody may do it alone."
        if demanded and len(self.keys) == 1:
            return "It is the only key, and the policy demands signatures: enrol another first."
        return ""


def mismatched(body: Fields) -> str:
    """Why the key that a record enrols is not the one it names, or the empty string."""
    try:
        same = fingerprint(body["key"]) == body["fingerprint"]
    except LedgerError:
        same = False
    return "" if same else "enrols another key than it says"


def signers_text(bodies: Iterable[Fields]) -> str:
    """Every key ever enrolled, as `ssh-keygen` reads allowed signers."""
    lines = []
    for body in bodies:
        if body["action"] == "add" and not mismatched(body):
            kind, blob = body["key"].split()[:2]
            lines.append(f'enrolled namespaces="{NAMESPACE}" {kind} {blob}\n')
    return "".join(lines)
