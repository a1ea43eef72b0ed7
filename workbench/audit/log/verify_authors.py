"""Who signed what: signatures, the keys they are by, records from elsewhere, and the policies."""

from __future__ import annotations

import sys
import tempfile
import tomllib
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from workbench.audit.errors import LedgerError, MalformedError
from workbench.audit.records.account_sets import NoListError, SetFolder, open_ordinary
from workbench.audit.records.canonical_json import Fields, sha256
from workbench.audit.records.entries import read_record
from workbench.audit.records.identity import Who
from workbench.audit.records.key_history import MAY_BE_UNSIGNED, KeyRing, mismatched, signers_text
from workbench.audit.records.second_person import SecondPerson, says_who
from workbench.audit.records.ssh_signatures import (
    SignatureCheck,
    check_signatures,
    signing_key,
    unarmored,
)
from workbench.audit.records.verify_origin import origin_mismatch
from workbench.audit.state.policy import Policy, loosened, lost_policy, read_policy, weakened

# What makes an act of two people of what one began.
_SECONDS = frozenset(("countersign", "reversal"))
_MAX_SIGNATURE_BYTES = 65_536
_DEMANDED = "is not signed, as the policy demands"


class Span(NamedTuple):
    """Records on neighbouring lines: the index of the first, how many, the number of the first."""

    line: int
    records: int
    seq: int


class Authors:
    """What verification keeps of single records, in their order, to judge who wrote them.

    What is demanded of a record depends on the line it stands on: after damage that was accounted
    for, numbers may come again.
    """

    def __init__(self, folder: SetFolder) -> None:
        self._notes = folder.folder.with_name("checkpoints")
        self.signed: list[Fields] = []
        self.problems: list[str] = []
        self.warnings: list[str] = []
        self._folder = folder
        self._ring = KeyRing()
        self._keys: list[Fields] = []
        self._policy = Policy()
        self._demanded: list[range] = []
        self._excused: set[int] = set()
        self._brought: dict[str, tuple[str, int]] = {}
        self._doubted: set[tuple[str, str]] = set()
        self._seats: dict[tuple[str, int], str] = {}
        self.seconds = SecondPerson()
        self._proposed: dict[str, Who] = {}
        # From the record with this number on: the policy and the keys.
        self.in_force: list[tuple[int, Policy, KeyRing]] = []

    def see(self, fields: Fields, line: int) -> list[Fields]:
        """Take note of the next record; of plain unsigned ones only the line matters.

        Returns the records that it brings from elsewhere.
        """
        kind, body, seq = fields["type"], fields["body"], fields["seq"]
        demanding = bool(self._demanded) and line in self._demanded[-1]
        if fields["sig"] or kind in MAY_BE_UNSIGNED:
            self._excused.add(line)
        if fields["sig"]:
            self._take_signed(fields, seq, demanding)
        elif not demanding:
            self._doubt(fields, seq)
        if kind == "policy":
            self._look_at_policy(fields, seq, demanding)
        elif kind == "key":
            self._look_at_key(fields, seq)
        elif kind == "checkpoint":
            self._look_at_note(fields, seq)
        elif kind == "proposal":
            author = body["origin"] or fields
            self._proposed[body["origin"]["id"] if body["origin"] else fields["id"]] = Who.of(
                author["who"]
            )
        elif kind == "countersign":
            self._look_at_second(fields, seq)
        first = self.seconds.asked(body["record"]) if kind == "countersign" else None
        if (effective := self.seconds.take(fields)) is not None:
            self._take_effect(effective, seq, line)
        if first is not None and self.seconds.asked(first["id"]) is None:
            self._ring.vouch(first["body"], fields)
        if kind == "merge":
            return self._take_lines(self._stored(body["lines"]["set"], seq), seq, demanding)
        if kind in ("proposal", "countersign") and body["origin"] is not None:
            lines = self._stored(body["origin"]["line"]["set"], seq)
            if lines is not None and (wrong := origin_mismatch(kind, body, lines)):
                self._report(seq, wrong)
            else:
                return self._take_lines(lines, seq, demanding)
        return []

    def unsigned(self, spans: Iterable[Span], repeated: Collection[int]) -> Iterator[str]:
        """Records that are there, as the spans say, but lack their signature.

        A record that repeats an id counts for nothing; its line is in `repeated`.
        """
        for span in spans if self._demanded else ():
            for line in range(span.line, span.line + span.records):
                excused = line in self._excused or line in repeated
                if not excused and any(line in one for one in self._demanded):
                    yield f"record {span.seq + line - span.line}: {_DEMANDED}"

    def brought_again(self, ids: Collection[bytes]) -> Iterator[str]:
        """Records brought from elsewhere that stand in this ledger; `ids` are those of its own.

        Neither a merge nor a file brings what is here: brought again, an old record would count as
        a new one.
        """
        for record_id, (_, seq) in self._brought.items():
            if bytes.fromhex(record_id) in ids:
                yield f"record {seq}: brings the record {record_id}, which this ledger has itself"

    def single_handed(self) -> Iterator[str]:
        """What one person did alone and nobody agreed to, and what waits for a second person."""
        for fields in (*self.seconds.alone.values(), *self.seconds.waiting.values()):
            yield f"record {fields['seq']}: {says_who(fields)}"
        if hands := self._ring.one_pair_of_hands():
            yield f"one person holds all keys: {hands} vouched for every one"

    def check(self, case_id: str, signers: Path | None, revoked: Path | None) -> SignatureCheck:
        """Whether the signatures hold: by the given signers, else by the keys of the ledger."""
        if not self.signed or not case_id or (signers is None and not self._ring.begun):
            return SignatureCheck(absent=True)
        if signers is not None:
            return check_signatures(self.signed, case_id, signers, revoked)
        with tempfile.NamedTemporaryFile("w", prefix="wb-signers-") as enrolled:
            enrolled.write(signers_text(self._keys))
            enrolled.flush()
            return check_signatures(self.signed, case_id, Path(enrolled.name), revoked)

    def _report(self, seq: int, wrong: str) -> None:
        self.problems.append(f"record {seq}: {wrong}")

    def _doubt(self, fields: Fields, seq: int) -> None:
        """Warn of a second person's word without the signature that this person could give.

        Once for each person and kind: very many must not hide another warning.
        """
        kind, name = fields["type"], fields["who"]["name"]
        has_key = any(body["principal"] == name for body in self._ring.keys.values())
        if kind in _SECONDS and has_key and (kind, name) not in self._doubted:
            self._doubted.add((kind, name))
            self.warnings.append(
                f"record {seq}: a {kind} by {name}, who has a key, is not signed (the first of "
                f"such records); ask {name}"
            )

    def _stored(self, digest: str, seq: int) -> list[str] | None:
        """The values of a list; None for one that is lost, which is named elsewhere."""
        try:
            return self._folder.get(digest)
        except NoListError:
            self._report(seq, f"its list {digest[:12]}… holds something else than texts")
        except LedgerError:
            pass
        return None

    def _take_signed(self, fields: Fields, seq: int, demanding: bool) -> None:
        if wrong := self._ring.wrong(fields, demanded=demanding):
            self._report(seq, wrong)
        self.signed.append({**fields, "seq": seq})

    def _take_lines(self, lines: list[str] | None, seq: int, demanding: bool) -> list[Fields]:
        """Records that were taken over from elsewhere, as that one's lists hold them."""
        brought: list[Fields] = []
        for line in lines or ():
            try:
                fields = read_record(line.encode("ascii"))
            except (MalformedError, UnicodeEncodeError):
                self._report(seq, "brings a line that is no record")
                continue
            brought.append(fields)
            first, _ = self._brought.setdefault(fields["id"], (fields["h"], seq))
            if first != fields["h"]:
                self._report(seq, f"brings another record under the id {fields['id']}")
            if fields["sig"]:
                self._take_signed(fields, seq, demanding)
            elif wrong := self._ring.wrong(fields, demanded=demanding):
                self._report(seq, f"brings a record that {wrong}")
            else:
                self._doubt(fields, seq)
        return brought

    def _look_at_key(self, fields: Fields, seq: int) -> None:
        body, who = fields["body"], fields["who"]["name"]
        if wrong := mismatched(body) if body["action"] == "add" else "":
            self._report(seq, wrong)
        elif fields["v"] == 1:
            if one := self._ring.one_alone({**fields, "body": {**body, "alone": ""}}):
                self._older(seq, one)
        elif not body["waits"] and (wrong := self._ring.one_alone(fields)):
            self._report(seq, wrong)
        if body["action"] != "add":
            return
        if body["principal"] != who:
            self.warnings.append(f"record {seq}: {who} enrolled a key for {body['principal']}")
            return
        first = self._seats.setdefault((fields["who"]["host"], fields["who"]["uid"]), who)
        if first != who:
            self.warnings.append(
                f"record {seq}: {who} enrolled a key at the login at which {first} did; by their "
                "keys they count as two people"
            )

    def _older(self, seq: int, what: str) -> None:
        """What counted when it was written, and would not be accepted of a record of today."""
        self.warnings.append(f"record {seq} (version 1): {what}; of a record of today not accepted")

    def _look_at_second(self, fields: Fields, seq: int) -> None:
        """A second person at the login of the first is said, and one whom names make the same."""
        body, origin = fields["body"], fields["body"]["origin"]
        first = self._proposed.get(body["record"])
        if first is None:
            return
        who = Who.of(origin["who"] if origin else fields["who"])
        if who.login() == first.login():
            self.warnings.append(
                f"record {seq}: {who.name} answers at the one login (uid {who.uid} on {who.host}) "
                f"at which {first.name} proposed"
            )
        if fields["v"] == 1 and first.one_person(who, self._ring.vouched(who.login())):
            self._older(seq, f"{who.name} and {first.name} count as one person")

    def _look_at_note(self, fields: Fields, seq: int) -> None:
        """A note that is signed by a key which nobody enrolled vouches for nothing."""
        body = fields["body"]
        if not body["sig_sha256"]:
            return
        key = signing_key(unarmored(self._note(body["note"] + ".sig")))
        if not key or key in self._ring.keys:
            return
        wrong = f"its note is signed by the key {key}, which nobody enrolled"
        if fields["v"] > 1 and self._ring.begun:
            self._report(seq, wrong)
        else:
            self.warnings.append(f"record {seq}: {wrong}")

    def _note(self, name: str) -> bytes:
        try:
            with open_ordinary(self._notes / name) as file:
                return file.read(_MAX_SIGNATURE_BYTES)
        except OSError:
            return b""

    def _look_at_policy(self, fields: Fields, seq: int, demanding: bool) -> None:
        body = fields["body"]
        lines = self._stored(body["text"]["set"], seq)
        if lines is not None and not _same_text("\n".join(lines), body):
            self._report(seq, "is not of the policy that its text is")
        if fields["v"] > 1 and demanding and not (body["signed"] or body["alone"] or body["waits"]):
            self._report(seq, "ends the demand for signatures, by one person")

    def _take_effect(self, fields: Fields, seq: int, line: int) -> None:
        """A policy or key counts from here on: its own record, or that of who agreed to it."""
        if fields["type"] == "policy":
            self._take_policy(fields, seq, line)
        else:
            self._ring.take({**fields["body"], "by": [fields["who"]]})
            self._keys.append(fields["body"])
        self.in_force.append((seq, self._policy, self._ring.copy()))

    def _take_policy(self, fields: Fields, seq: int, line: int) -> None:
        """Name every policy after which less is demanded: switching four eyes off shows."""
        body = fields["body"]
        ended = bool(self._demanded) and self._demanded[-1].stop > line + 1
        if ended:
            self._demanded[-1] = range(self._demanded[-1].start, line + 1)
        if body["signed"]:
            self._demanded.append(range(line + 1, sys.maxsize))
        ends = "; it ends the demand for signatures" if ended and not body["signed"] else ""
        try:
            lines = self._folder.get(body["text"]["set"])
        except LedgerError:
            lines = []
        who, why = fields["who"]["name"], body["reason"]
        text = "\n".join(lines)
        if lines and not _same_text(text, body):
            return  # reported where it was set
        if not lines:
            self._policy = lost_policy(self._policy, signed=body["signed"])
            self.warnings.append(
                f"record {seq}: the text of the policy that {who} set is lost{ends}; until "
                "another is set, every decision after it needs two people"
            )
            return
        try:
            after = read_policy(text)
        except LedgerError as error:
            self.warnings.append(
                f"record {seq}: {who} set a policy that does not count "
                f"({error.message}{ends}): {why}"
            )
            return
        if less := loosened(self._policy, after):
            self.warnings.append(
                f"record {seq}: {who} loosened the policy ({'; '.join(less)}): {why}"
            )
        if fields["v"] == 1 and weakened(self._policy, after):
            self._older(seq, "one person weakened the policy")
        self._policy = after


def _same_text(text: str, body: Fields) -> bool:
    """Whether a policy record says of its text what is true."""
    try:
        signed = tomllib.loads(text).get("signed", False)
        return signed is body["signed"] and sha256(text.encode("utf-8")) == body["sha256"]
    except (ValueError, RecursionError):
        return False
