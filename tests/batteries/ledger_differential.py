"""Two verifiers, one answer: ledgers changed in records, lists, policies and notes.

    python -m tests.batteries.ledger_differential -n 50000 --seed 1

Each ledger begins whole, with records of both versions, and is changed in one to three places with
every number, link, hash and digest made to fit again, so that only the rules can tell. Both
verifiers must give one exit code and name the same records; the first that do not are kept and
printed. The product is called as a library, the stand-alone by a bare Python that stays.
"""

from __future__ import annotations

import argparse
import base64
import collections
import copy
import hashlib
import json
import marshal
import random
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest import mock

from tests.batteries.bare_python import WITHOUT_TOOLS
from tests.batteries.ledger_building import (
    CASE,
    comment,
    flag,
    open_ledger,
    remembered_lines,
    without_ssh_keygen,
)
from tests.batteries.ledger_forgeries import build, change, fake_key, rechained
from workbench.audit.errors import MalformedError
from workbench.audit.log.merkle import Tree
from workbench.audit.log.verify import no_ledger, verify
from workbench.audit.records.account_sets import SetFolder, spell
from workbench.audit.records.canonical_json import Fields, sha256
from workbench.audit.records.schema import lists
from workbench.audit.records.ssh_signatures import fingerprint
from workbench.audit.state import builders
from workbench.audit.state.state import LedgerState

_NAMED = re.compile(r"record (\d+)\b")
_OLDER = ("trust", "analysis", "engine", "snapshot", "masked", "preview", "stored", "alone",
          "waits", "disputes")  # fmt: skip
Dice = random.Random
_OPENED_EVERY = 10


class Made:
    """A ledger as records, and the files beside it by their path in audit.d."""

    def __init__(self, records: list[Fields], files: dict[str, bytes]) -> None:
        self.records, self.files = records, files

    def copied(self) -> Made:
        """Another that can be changed."""
        return Made(marshal.loads(marshal.dumps(self.records)), dict(self.files))


def begun(folder: Path) -> Made:
    """The whole ledger that every change begins with: all types, signed and not."""
    with (
        mock.patch.object(LedgerState, "refuses", return_value=""),
        mock.patch.object(SetFolder, "unfit", return_value=""),
    ):
        build(folder)
        ledger = open_ledger(folder)
        accounts = ledger.put_set(["acct-1", "acct-2", "line\nfeed"])
        body = builders.decision(
            verdict="watch", subject=builders.set_subject("cluster", accounts, "k-1"),
            reason="R-OTHER",
        )  # fmt: skip
        made = ledger.append("decision", body)
        edit = builders.list_edit("add", "ip", "10.0.0.1", "watch", "seen")
        put = ledger.append("list_edit", edit)
        hit = builders.hit({**edit, "record": put.id}, accounts, generation=1)
        ledger.append("hit", hit)
        cells = ledger.put_list(["one", "", "two"])
        ledger.append("pin", builders.pin("account", "acct-1", "t", columns=["a"], cells=cells))
        ledger.append("resolve", builders.resolve(made.id, answer="agree"))
        ledger.append("campaign_edit", builders.campaign_edit("create", "c", members=accounts))
        drawn = {"subject": body["subject"], "seed": "7", "drawn": accounts.as_field(),
                 "level": "0.95", "method": "wilson", "strata": [], "result": None}  # fmt: skip
        ledger.append("sample", drawn)
        line, _ = fake_key("cy")
        waits = builders.key("add", "cy", line, fingerprint(line), waits=True)
        asked = ledger.append("key", waits)
        ledger.append("countersign", builders.countersign(asked.id, waits))
        ledger.append("note", comment("the very last"))
        for number in range(3):
            ledger.append("decision", flag(f"acct-{number}"))
        ledger.close()
    lines = (folder / "audit.jsonl").read_bytes().splitlines()
    files = {f"sets/{path.name}": path.read_bytes()
             for path in (folder / "audit.d" / "sets").iterdir()}  # fmt: skip
    return Made([json.loads(line) for line in lines], files)


# -- changes -----------------------------------------------------------------------------------


def _one_record(made: Made, dice: Dice) -> None:
    change(made.records, dice)


def _older(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _older(inner) for key, inner in value.items() if key not in _OLDER}
    return list(map(_older, value)) if isinstance(value, list) else value


def _other_version(made: Made, dice: Dice) -> None:
    """A record in the form of version 1, or one that only says so."""
    record = dice.choice(made.records)
    record["v"] = 1
    if dice.random() < 0.9:
        record["body"] = _older(record["body"])
        if record["type"] == "key":
            record["body"].pop("reason", None)


def _named(made: Made, dice: Dice) -> tuple[str, int, str] | None:
    found = [one for record in made.records for one in lists(record["body"])
             if f"sets/{one[0]}.txt" in made.files]  # fmt: skip
    return dice.choice(found) if found else None


def _list_contents(made: Made, dice: Dice) -> None:
    """A list with wrong lines, its digest right wherever it is named, its count mostly."""
    named = _named(made, dice)
    if named is None:
        return
    digest, count, _ = named
    data = made.files[f"sets/{digest}.txt"]
    if dice.random() < 0.4:
        data = spell(sorted({"a", "\ud800", f"x{dice.random()}"}))
    else:
        data = dice.choice(WRONG_LISTS)(data, dice)
    _renamed(made, dice, digest, count, data)


def _renamed(made: Made, dice: Dice, digest: str, count: int, data: bytes) -> None:
    now, lines = sha256(data), data.count(b"\n")
    made.files[f"sets/{now}.txt"] = data
    lines = lines if dice.random() < 0.85 else dice.choice((count, lines + 1, 0))
    for record in made.records:
        _point(record["body"], digest, now, lines)


def _point(value: Any, digest: str, now: str, count: int) -> None:
    if isinstance(value, dict):
        if value.get("set") == digest and "count" in value:
            value["set"], value["count"] = now, count
        for inner in value.values():
            _point(inner, digest, now, count)
    elif isinstance(value, list):
        for inner in value:
            _point(inner, digest, now, count)


def _policy_text(made: Made, dice: Dice) -> None:
    """Another text for a policy, its digest right, what the record says of it mostly."""
    policies = [record for record in made.records if record["type"] == "policy"]
    if not policies:
        return
    body, text = dice.choice(policies)["body"], random_toml(dice)
    data = spell(text.split("\n"))
    now = sha256(data)
    made.files[f"sets/{now}.txt"] = data
    body["text"] = {"set": now, "count": data.count(b"\n")}
    if dice.random() < 0.9:
        body["sha256"] = sha256(text.encode("utf-8", "surrogatepass"))
    if dice.random() < 0.7:
        body["signed"] = "signed = true" in text.split("\n")


def _second_person(made: Made, dice: Dice) -> None:
    """Somebody waits, acts alone, or agrees, whether or not it may count."""
    asked = [record for record in made.records if record["type"] in ("policy", "key")]
    if not asked:
        return
    record = dice.choice(asked)
    act = dice.randrange(4)
    if act == 0 and "waits" in record["body"]:
        record["body"]["waits"] = not record["body"]["waits"]
    elif act == 1 and "alone" in record["body"]:
        record["body"]["alone"] = "" if record["body"]["alone"] else "alone"
    else:
        other = copy.deepcopy(dice.choice(made.records))
        kind = "countersign" if act == 2 else "reversal"
        body: Fields = builders.reversal(record["id"], "C-OTHER")
        if kind == "countersign":
            body = builders.countersign(
                record["id"], record["body"], answer=dice.choice(("agree", "agree", "refuse"))
            )
        other |= {"id": f"{dice.getrandbits(128):032x}", "type": kind, "body": body, "v": 2}
        made.records.insert(made.records.index(record) + dice.choice((0, 1, 1, 2)), other)


def _checkpoint(made: Made, dice: Dice) -> None:
    """A checkpoint record whose note and signature are beside it, or not."""
    place = dice.randrange(1, len(made.records) + 1)
    like = copy.deepcopy(made.records[min(place, len(made.records) - 1)])
    name = f"{place}-{dice.getrandbits(40):x}.note"
    line, sign = fake_key(dice.choice(("ana", "bo", "eve")))
    note = f"wb-audit/{CASE}\n{place}\n{base64.b64encode(bytes(32)).decode()}\n".encode()
    blob = sign(b"")
    sig = f"-----BEGIN SSH SIGNATURE-----\n{blob}\n-----END SSH SIGNATURE-----\n".encode()
    if dice.random() < 0.3:
        sig = dice.choice(
            (b"", b"\xff" + sig, sig[:40], sig.replace(b"\n", b"\r\n"), line.encode())
        )
    body = {"size": place, "root": "ab" * 32, "note": name, "note_sha256": sha256(note),
            "sig_sha256": sha256(sig) if dice.random() < 0.9 else ""}  # fmt: skip
    like |= {"id": f"{dice.getrandbits(128):032x}", "type": "checkpoint", "body": body,
             "v": dice.choice((1, 2, 2))}  # fmt: skip
    made.records.insert(place, like)
    if dice.random() < 0.95:
        made.files[f"checkpoints/{name}.sig"] = sig
    # Size and root are made to fit when it is written.
    if dice.random() < 0.95:
        made.files[f"checkpoints/{name}"] = note


def _file(made: Made, dice: Dice) -> None:
    """A file beside the ledger that is gone or holds something else."""
    if not made.files:
        return
    name = dice.choice(sorted(made.files))
    if dice.random() < 0.5:
        del made.files[name]
    else:
        made.files[name] = dice.choice(WRONG_LISTS)(made.files[name], dice)


def _bytes(data: bytes, dice: Dice) -> bytes:
    """The ledger's very bytes, cut or changed; nothing is made to fit."""
    at, act = dice.randrange(len(data) + 1), dice.randrange(4)
    if act == 0:
        return data[:at]
    if act == 1:
        return (
            data[:at] + bytes(dice.randrange(256) for _ in range(dice.randrange(1, 9))) + data[at:]
        )
    if act == 2:
        return data[:at] + data[at + dice.randrange(1, 2000) :]
    return (
        data[:at] + bytes([data[at] ^ 1 << dice.randrange(8)]) + data[at + 1 :]
        if at < len(data)
        else data
    )


CHANGES: tuple[Callable[[Made, Dice], None], ...] = (
    _one_record, _one_record, _other_version, _list_contents, _list_contents, _list_contents,
    _policy_text, _second_person, _checkpoint, _file,
)  # fmt: skip


# -- what may stand in a file ------------------------------------------------------------------


def _lines_of(data: bytes) -> list[bytes]:
    return data.split(b"\n")[:-1] or [b'"a"']


def _put(data: bytes, dice: Dice, line: bytes) -> bytes:
    lines = _lines_of(data)
    at = dice.randrange(len(lines) + 1)
    return b"".join(one + b"\n" for one in (*lines[:at], line, *lines[at:]))


def _on(data: bytes, dice: Dice, act: Callable[[bytes], bytes]) -> bytes:
    lines = _lines_of(data)
    at = dice.randrange(len(lines))
    lines[at] = act(lines[at])
    return b"".join(line + b"\n" for line in lines)


def _shuffled(data: bytes, dice: Dice) -> bytes:
    lines = _lines_of(data)
    dice.shuffle(lines)
    return b"".join(line + b"\n" for line in lines)


def _deep(dice: Dice, most: int = 3000) -> bytes:
    return dice.choice((b"[", b'{"a":', b"[{", b'[{"a":[')) * dice.randrange(1, most)


WRONG_LISTS: tuple[Callable[[bytes, Dice], bytes], ...] = (
    _shuffled,
    lambda data, dice: _put(data, dice, _lines_of(data)[0]),
    lambda data, dice: _put(data, dice, b""),
    lambda data, dice: _put(data, dice, b'""'),
    lambda data, dice: data[:-1],
    lambda data, dice: data + b'"z"',
    lambda data, dice: data.replace(b"\n", b"\r\n"),
    lambda data, dice: b"\xef\xbb\xbf" + data,
    lambda data, dice: _on(data, dice, lambda line: line[:-1] + b'\xff"'),
    lambda data, dice: _put(data, dice, '"ü"'.encode()),
    lambda data, dice: _put(data, dice, dice.choice((rb'"\ud800"', rb'"\uDC00"'))),
    lambda data, dice: _put(data, dice, b'"%s"' % (b"a" * dice.choice((2048, 2049, 65536)))),
    lambda data, dice: _put(data, dice, b'"a\0b"'),
    lambda data, dice: _put(data, dice, rb'"\u0000"'),
    lambda data, dice: _put(data, dice, dice.choice((b"5", b"null", b"true", b'["a"]'))),
    lambda data, dice: _put(data, dice, b'{"a":1}'),
    lambda data, dice: _put(data, dice, dice.choice((b"1" * 5000, b"-" + b"9" * 70000, b"1e999"))),
    lambda data, dice: _put(data, dice, _deep(dice)),
    lambda data, dice: _put(data, dice, dice.choice((rb'"\u0041"', b' "a"', b'"a" ', rb'"\/"'))),
    lambda data, dice: _put(data, dice, json.dumps(hashlib.sha256(data).hexdigest()).encode()),
    lambda data, dice: _put(data, dice, json.dumps("ab" * 16).encode()),
    lambda data, dice: _put(data, dice, rb'"a\nb"'),
    lambda data, dice: _put(data, dice, json.dumps('{"v":' + "9" * 5000 + "}").encode()),
    lambda data, dice: _put(data, dice, json.dumps(_deep(dice, 2000).decode()).encode()),
    lambda data, dice: b"\n" * dice.randrange(1, 4),
    lambda data, dice: b"",
    lambda data, dice: dice.randbytes(dice.randrange(1, 60)),
    lambda data, dice: data + b"\0" * dice.randrange(1, 9),
)  # fmt: skip


def random_toml(dice: Dice) -> str:
    """A policy: usable, odd, deep, with numbers of any length, or no TOML at all."""
    depth = dice.choice((1, 50, 2000, 60_000))
    return dice.choice((
        "signed = true\n", "signed = false\n", "", "signed = 1\n", "x = ",
        "signed = true\nsigned = true",
        "signed = true\n[two_people]\nverdicts = [\"flag\"]\n", "[two_people]\naccounts_over = 3\n",
        f"[two_people]\naccounts_over = {'9' * dice.choice((20, 4000, 5000))}\n",
        f"x = {'1' * dice.choice((3, 4299, 4301, 60_000))}\n", f"x = 1e{'9' * 400}\n",
        f"x = {'[' * depth}{']' * depth}\n", f"x = {'[' * depth}",
        "[" + ".".join("a" * min(depth, 20_000)) + "]\n", "a." * min(depth, 20_000) + "b = 1\n",
        "x = " + "{a=" * min(depth, 20_000) + "1" + "}" * min(depth, 20_000),
        'signed = true\nx = "\\uD800"\n', "signed = true\r\n", "\ufeffsigned = true\n",
        "\ud800 = 1\n", "signed = true\n# \x00\n", "x = 9999-99-99\n",
        "x = 1979-05-27T07:32:00.9999999Z\n", "[reasons]\nR-X = \"why\"\n",
        "[mask]\ncolumns = [\"email\"]\n", "[acts]\nclipboard = \"on\"\n",
    ))  # fmt: skip


# -- judging -----------------------------------------------------------------------------------


def written(made: Made, folder: Path, dice: Dice) -> None:
    """Lay the ledger and the files beside it into a folder, and sometimes damage its bytes."""
    for name in ("sets", "checkpoints"):
        (folder / "audit.d" / name).mkdir(parents=True, exist_ok=True)
    for path in (folder / "audit.d").rglob("*.*"):
        path.unlink()

    def fit(fields: Fields, tree: Tree) -> None:
        body = fields["body"]
        if (
            fields["type"] != "checkpoint"
            or type(body.get("size")) is not int
            or odd
            or not tree.size
        ):
            return
        size = max(1, min(body["size"], tree.size))
        root = tree.root(size)
        note = f"wb-audit/{CASE}\n{size}\n{base64.b64encode(root).decode()}\n".encode()
        body |= {"size": size, "root": root.hex(), "note_sha256": sha256(note)}
        if f"checkpoints/{body['note']}" in made.files:
            made.files[f"checkpoints/{body['note']}"] = note

    odd = dice.random() < 0.1
    data = rechained(made.records, fit)
    if dice.random() < 0.15:
        data = _bytes(data, dice)
    (folder / "audit.jsonl").write_bytes(data)
    for name, content in made.files.items():
        (folder / "audit.d" / name).write_bytes(content)


def product(folder: Path) -> tuple[int, set[int]]:
    """Exit code and records named by the program's own verifier."""
    if no_ledger(folder):
        return 2, set()
    report = verify(folder)
    return report.exit_code, named(report.problems)


def named(problems: list[str]) -> set[int]:
    """The records that problems are about."""
    return {int(found[1]) for one in problems if (found := _NAMED.match(one))}


def stand_alone(folder: Path) -> tuple[int, set[int]]:
    """Exit code and records named by the stand-alone verifier; it must not have crashed."""
    answer = WITHOUT_TOOLS.run(str(folder))
    if answer.code == 2:
        return 2, set()
    found = answer.found()
    return answer.code, named(found["problems"])


def _open(folder: Path) -> None:
    """The program opens any of them: what it cannot take in it names, and it raises nothing."""
    ledger = open_ledger(folder)
    ledger.state.statements()
    list(ledger.state.decisions_rows())
    ledger.close()
    shutil.rmtree(folder / "state-ana")


def differential(folder: Path, count: int, seed: int) -> str:
    """So many changed ledgers; both verifiers answer alike."""
    whole, dice = begun(folder / "begun"), random.Random(seed)
    codes: collections.Counter[int] = collections.Counter()
    tried = 0
    with without_ssh_keygen(), remembered_lines():
        for judged in (product, stand_alone):
            assert judged(folder / "begun") == (0, set())
        while tried < count:
            made = whole.copied()
            for act in dice.choices(CHANGES, k=dice.choice((1, 1, 2, 3))):
                act(made, dice)
            try:
                written(made, folder / "case", dice)
            except (MalformedError, TypeError):
                continue  # longer than a line may be, or of a wrong kind: nothing to write
            ours, theirs = product(folder / "case"), stand_alone(folder / "case")
            if ours != theirs:
                kept = Path(tempfile.mkdtemp(prefix="differs-")) / "case"
                shutil.copytree(folder / "case", kept)
                raise AssertionError(f"ledger {tried} of seed {seed}: {ours} and {theirs}: {kept}")
            if tried % _OPENED_EVERY == 0:
                _open(folder / "case")
            codes[ours[0]] += 1
            tried += 1
    return f"{count} ledgers, no disagreement; by exit code {dict(sorted(codes.items()))}"


def main(words: list[str]) -> int:
    """Run so many ledgers of one seed; prints one line of figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("-n", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args(words)
    began = time.monotonic()
    memory = "/dev/shm" if Path("/dev/shm").is_dir() else None
    with tempfile.TemporaryDirectory(prefix="differential-", dir=memory) as folder:
        (Path(folder) / "begun").mkdir()
        figures = differential(Path(folder), chosen.n, chosen.seed)
    print(f"{figures} [{time.monotonic() - began:.0f} s]", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
