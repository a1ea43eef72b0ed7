"""Whose keys may sign: the `key` records of a ledger, in order.

Where the policy demands signatures, a record counts as signed only by a key that was enrolled for
its author when it was written. Before the first key is enrolled, any will do for records of version
1; for those of version 2 only for what begins: keys and policies.
"""

from __future__ import annotations

from collections.abc import Iterable

from workbench.audit.errors import LedgerError
from workbench.audit.records.canonical_json import Fields
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

    def owners(self) -> set[tuple[str, str]]:
        """Each enrolled key with the name it was enrolled for."""
        return {(name, body["principal"]) for name, body in self.keys.items()}

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

    def refuses_change(self, body: Fields, *, demanded: bool) -> str:
        """Why a `key` record would not count, or the empty string."""
        if body["action"] == "add":
            return mismatched(body)
        if body["fingerprint"] not in self.keys:
            return f"No key {body['fingerprint']} is enrolled."
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
