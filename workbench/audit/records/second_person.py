"""What waits for a second person, and what one person did alone: policies and keys of version 2.

By names alone, so that every verifier can follow it from the bytes. Whether two names are one
person is the state's to say, which is stricter.
"""

from __future__ import annotations

from workbench.audit.records.canonical_json import Fields, canonical, sha256


class SecondPerson:
    """Policies and keys that wait for a second person, and those that one person set alone."""

    def __init__(self) -> None:
        self.waiting: dict[str, Fields] = {}
        self.alone: dict[str, Fields] = {}

    def take(self, fields: Fields) -> Fields | None:
        """Take in the next record; the policy or key that takes effect by it, if any."""
        kind, body = fields["type"], fields["body"]
        if kind in ("policy", "key"):
            if fields["v"] > 1 and body["waits"]:
                self.waiting[fields["id"]] = fields
                return None
            if fields["v"] > 1 and body["alone"]:
                self.alone[fields["id"]] = fields
            return fields
        if fields["v"] > 1 and kind == "countersign":
            return self._answered(fields)
        if fields["v"] > 1 and kind == "reversal":
            self.waiting.pop(body["record"], None)
        return None

    def asked(self, record: str) -> Fields | None:
        """The policy or key that waits for a second person or was set by one alone."""
        return self.waiting.get(record) or self.alone.get(record)

    def _answered(self, fields: Fields) -> Fields | None:
        body = fields["body"]
        first = self.asked(body["record"])
        if first is None or body["origin"] or first["who"]["name"] == fields["who"]["name"]:
            return None
        if sha256(canonical(first["body"])) != body["body_sha256"]:
            return None
        agrees = body["answer"] == "agree"
        if agrees:
            self.alone.pop(first["id"], None)
        waited = self.waiting.pop(first["id"], None)
        return first if waited is not None and agrees else None


def says_who(fields: Fields) -> str:
    """What one person did alone or asks for, in words that can follow a record's number."""
    body, who = fields["body"], fields["who"]["name"]
    if fields["type"] == "policy":
        what = f"the policy {body['sha256'][:12]}…"
    else:
        verb = "enrolling" if body["action"] == "add" else "revoking"
        what = f"{verb} the key {body['fingerprint']} of {body['principal']}"
    if body["waits"]:
        return f"{what} waits for a second person; {who} asks for it"
    return f"{what} is by {who} alone: {body['alone']}"
