"""Who may sign, in what a ledger says of its keys and policies; verify.py reads it.

What weakens the rules of a case waits for a second person, or says why one acted alone.
"""

import base64
import os
import shutil
import subprocess
import sys
import tempfile
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from workbench.audit.standalone import wb_record as wb
else:
    sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
    import wb_record as wb

UNSIGNED = ("open", "recovery", "checkpoint")
BEGINS = ("key", "policy")  # what any key may sign before one is enrolled


def unarmored(data: bytes) -> str:
    """The base64 of an armored signature, or the empty string."""
    lines = data.decode("latin-1").split("\n")
    edges = [f"-----{word} SSH SIGNATURE-----" for word in ("BEGIN", "END")]
    if lines[0] != edges[0] or edges[1] not in lines:
        return ""
    return "".join(lines[1 : lines.index(edges[1])])


class Keys:
    """Who may sign: the keys that `key` records enrol, and whether the policy demands any."""

    def __init__(self) -> None:
        self.demanded = self.begun = False
        self.keys: dict[str, Any] = {}
        self.lines: list[str] = []
        self.signed: list[tuple[int, Any]] = []
        self.waiting: dict[str, Any] = {}
        self.single: dict[str, Any] = {}  # what one person did alone, by the record's id

    def wrong(self, record: Any, seq: int) -> str:
        """What is wrong with who signed a record, which record `seq` is or brings."""
        named, when = record["who"], record["ts"]
        if record["sig"]:
            self.signed.append((seq, record))
        if record["sig"] and wb.signing_key(record["sig"]) != named["key"]:
            return "not signed by the key that it names"
        if not self.demanded or (not record["sig"] and record["type"] in UNSIGNED):
            return ""
        if not record["sig"]:
            return "not signed, as the policy demands"
        key = self.keys.get(named["key"])
        if not self.begun and (record["v"] == 1 or record["type"] in BEGINS):
            return ""
        if key is None or key["principal"] != named["name"]:
            return "signed by a key that was not enrolled for its author then"
        late = key["before"] is not None and when >= key["before"]
        return "signed outside the time of its key" if late or when < (key["after"] or 0) else ""

    def noted(self, record: Any, sig: str) -> str:
        """What is wrong with who signed the note of a checkpoint record."""
        if record["type"] != "checkpoint" or record["v"] == 1 or not record["body"]["sig_sha256"]:
            return ""
        stranger = sig and self.begun and wb.signing_key(sig) not in self.keys
        return "its note is signed by a key that nobody enrolled" if stranger else ""

    def take(self, record: Any) -> str:
        """Take in what changes who may sign; what is wrong with it."""
        kind, body = record["type"], record["body"]
        if kind in ("policy", "key"):
            wrong = self._mismatch(body) if kind == "key" and body["action"] == "add" else ""
            if record["v"] > 1 and body["waits"]:
                self.waiting[record["id"]] = record
                return wrong
            one = "" if record["v"] == 1 else self._one_alone(record)
            if record["v"] > 1 and body["alone"]:
                self.single[record["id"]] = record
            self._effect(kind, body)
            return wrong or one
        if record["v"] > 1 and kind == "countersign":
            self._answer(record)
        elif record["v"] > 1 and kind == "reversal":
            self.waiting.pop(body["record"], None)
        return ""

    def _answer(self, record: Any) -> None:
        body = record["body"]
        first = self.waiting.get(body["record"]) or self.single.get(body["record"])
        if first is None or body["origin"] or first["who"]["name"] == record["who"]["name"]:
            return
        if wb.sha(wb.spell(first["body"])) != body["body_sha256"]:
            return
        if body["answer"] == "agree":
            self.single.pop(first["id"], None)
        if self.waiting.pop(first["id"], None) and body["answer"] == "agree":
            self._effect(first["type"], first["body"])

    def _one_alone(self, record: Any) -> str:
        """What needs two people and says neither that it waits nor why one was alone."""
        body, name = record["body"], record["who"]["name"]
        if record["type"] == "policy":
            ends = self.demanded and not body["signed"] and not body["alone"]
            return "ends the demand for signatures, by one person" if ends else ""
        if body["action"] == "revoke":
            key = self.keys.get(body["fingerprint"])
            theirs = key is not None and key["principal"] != name
            return "revokes the key of somebody else, by one person" if theirs else ""
        own = not body["alone"] and (not self.begun or body["principal"] == name)
        return "enrols a key, by one person" if own else ""

    def _effect(self, kind: str, body: Any) -> None:
        if kind == "policy":
            self.demanded = body["signed"]
        elif body["action"] == "revoke":
            self.keys.pop(body["fingerprint"], None)
        else:
            self.begun, self.keys[body["fingerprint"]] = True, body
            if not self._mismatch(body):
                self.lines.append(" ".join(body["key"].split()[:2]))

    def _mismatch(self, body: Any) -> str:
        try:
            blob = base64.b64decode(body["key"].split()[1], validate=True)
            wb.demand(wb.fingerprint(blob) == body["fingerprint"], "another key")
        except (ValueError, IndexError):
            return "enrols another key than it says"
        return ""

    def alone(self) -> list[str]:
        """What one person did alone and nobody has agreed to, and what waits for a second."""
        return [
            *(f"record {r['seq']}: {r['who']['name']} alone: {r['type']}, {r['body']['alone']}"
              for r in self.single.values()),
            *(f"record {r['seq']}: {r['type']} by {r['who']['name']} waits for a second person"
              for r in self.waiting.values()),
        ]  # fmt: skip

    def check(self, case: str) -> tuple[str, list[str]]:
        """How far the signatures were checked, and which of them do not hold."""
        tool = shutil.which("ssh-keygen")
        if not self.signed or not tool or not self.begun or not case:
            return "not checked" if self.signed else "none", []
        failed = []
        with tempfile.TemporaryDirectory() as folder:
            signers, sig = (os.path.join(folder, name) for name in ("signers", "sig"))
            with open(signers, "w", encoding="utf-8") as file:
                file.writelines(f'any namespaces="wb-audit@v1" {line}\n' for line in self.lines)
            command = [tool, "-Y", "verify", "-n", "wb-audit@v1", "-I", "any", "-f", signers, "-s"]
            for seq, record in self.signed:
                with open(sig, "w", encoding="ascii") as file:
                    lines = [record["sig"][at : at + 70] for at in range(0, len(record["sig"]), 70)]
                    edges = (f"-----{word} SSH SIGNATURE-----" for word in ("BEGIN", "END"))
                    file.write("\n".join([next(edges), *lines, next(edges), ""]))
                rest = {k: v for k, v in record.items() if k not in ("seq", "prev", "h", "sig")}
                data = wb.spell({**rest, "case": case})
                if subprocess.run([*command, sig], input=data, capture_output=True).returncode:
                    failed.append(f"record {seq}: has a signature that does not hold")
        return f"{len(self.signed)} checked", failed
