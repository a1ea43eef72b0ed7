"""Hostile case folders, mutated by seed, through the command line: `python -m … [N] [SEED]`.

Each of N folders has one to three of its files replaced or some added, and goes through three
commands drawn by seed, each in a process of its own. Whatever lies there: no command hangs or shows
a traceback, none lets a control character or the text of a foreign file out, none writes outside
the case and the state folder, and each exit code is one of the contract.
"""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

CASE = Path(__file__).parents[1] / "fixtures" / "versions" / "0.1.0" / "case"
COMMANDS = (
    ("info", "CASE"), ("clusters", "CASE"), ("decisions", "CASE"), ("audit", "verify", "CASE"),
    ("audit", "policy", "CASE"), ("queries", "list", "CASE"), ("playbook", "list", "CASE"),
    ("report", "CASE", "-o", "OUT"),
)  # fmt: skip
PRIVATE = "-----BEGIN OPENSSH PRIVATE KEY-----"
MAX_SECONDS = 60  # of a whole command on a busy host: what hangs does so for ever
_NEW = (
    "queries/x.sql",
    "queries/playbooks/y.toml",
    "audit.d/x",
    "audit.d/sets/x.txt",
    "x\x1b]52;c",
)
_TEXTS = (b"", b"\0" * 100, b"\xff\xfe", b"a = " + b"[" * 100_000, b"a = " + b"9" * 5000,
          b"a." * 50_000 + b"b=1", b"\x1b]52;c;ZWNobw==\x07", b"{" * 70_000)  # fmt: skip

Plant = Callable[[Path, Path, random.Random], None]


def _huge(path: Path, _private: Path, _dice: random.Random) -> None:
    with path.open("wb") as file:
        file.truncate(1 << 36)


def _changed(path: Path, _private: Path, dice: random.Random) -> None:
    path.write_bytes(dice.choice(_TEXTS))


PLANTS: tuple[Plant, ...] = (
    lambda path, private, _: path.symlink_to(private),
    lambda path, private, _: path.symlink_to(private.parent),
    lambda path, _private, _dice: path.symlink_to(path.name),
    lambda path, _private, _dice: path.symlink_to("/dev/zero"),
    lambda path, _private, _dice: os.mkfifo(path),
    lambda path, _private, _dice: path.mkdir(),
    _huge, _changed, _changed,
)  # fmt: skip


def mutate(case: Path, private: Path, dice: random.Random) -> list[str]:
    """Replace or add one to three files; returns their names."""
    files = [path for path in sorted(case.rglob("*")) if path.is_file()]
    names = [str(path.relative_to(case)) for path in files]
    chosen = dice.sample([*names, *_NEW, *_NEW], dice.randint(1, 3))
    for name in dict.fromkeys(chosen):
        (case / name).unlink(missing_ok=True)
        dice.choice(PLANTS)(case / name, private, dice)
    return chosen


def faults(ran: subprocess.CompletedProcess[bytes], packet: Path, private: Path) -> list[str]:
    """What a command did that none may do."""
    found = []
    texts = [ran.stdout, ran.stderr]
    texts += [path.read_bytes() for path in packet.rglob("*") if path.is_file()]
    if ran.returncode not in (0, 1, 2, 3, 4):
        found.append(f"exit code {ran.returncode}")
    if b"Traceback" in ran.stderr:
        found.append("a traceback")
    if any(PRIVATE.encode() in text for text in texts):
        found.append("the text of a foreign file")
    for text in (ran.stdout, ran.stderr):
        if any(
            not one.isprintable() for one in text.decode("utf-8", "replace") if one not in "\n\t"
        ):
            found.append("a control character")
    if list(private.parent.iterdir()) != [private] or private.read_text() != PRIVATE:
        found.append("a write outside")
    if private.stat().st_mode & 0o777 != 0o640 or private.parent.stat().st_mode & 0o777 != 0o750:
        found.append("a changed mode outside")
    return found


def attack(room: Path, seed: int, commands: int = 3) -> list[str]:
    """One mutated case through some commands; returns what went wrong, in sentences."""
    dice = random.Random(seed)
    case, private = room / "case", room / "private" / "key"
    private.parent.mkdir(parents=True)
    private.write_text(PRIVATE)
    private.chmod(0o640)
    private.parent.chmod(0o750)
    shutil.copytree(CASE, case)
    names = mutate(case, private, dice)
    wrong = []
    for words in dice.sample(COMMANDS, commands):
        packet = room / f"packet-{words[0]}-{words[1]}".replace("CASE", "")
        given = [{"CASE": str(case), "OUT": str(packet)}.get(word, word) for word in words]
        where = f"seed {seed}, {' '.join(words)}, {names!a}"
        try:
            ran = subprocess.run(
                [sys.executable, "-m", "workbench", *given],
                capture_output=True, timeout=MAX_SECONDS, stdin=subprocess.DEVNULL, check=False,
                env={**os.environ, "XDG_STATE_HOME": str(room / "state")},
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            wrong.append(f"{where}: no end")
            continue
        wrong += [f"{where}: {what}" for what in faults(ran, packet, private)]
    return wrong


def main(count: int, first: int) -> int:
    """Attack `count` folders; returns how many commands did what none may do."""
    wrong: list[str] = []
    for seed in range(first, first + count):
        with tempfile.TemporaryDirectory(prefix="workbench-") as folder:
            wrong += attack(Path(folder), seed)
    for one in wrong:
        print(one)
    print(f"{count:,} case folders, {3 * count:,} commands, {len(wrong):,} faults")
    return len(wrong)


if __name__ == "__main__":
    numbers = [int(word) for word in sys.argv[1:]]
    sys.exit(1 if main(*[*numbers, *(500, 1)[len(numbers) :]]) else 0)
