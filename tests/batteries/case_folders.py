"""Hostile case folders, mutated by seed: `python -m tests.batteries.case_folders [N] [PTY] [SEED]`.

Each of N folders has one to three of its files replaced or some added, and goes through eight
commands drawn by seed, each in a process of its own; PTY of them are walked through in the bench on
a real terminal. Whatever lies there: nothing hangs or shows a traceback, nothing of the folder's
own runs before it is trusted, no control character and no text of a foreign file comes out, nothing
is written outside the case, the state folder and `-o`, each exit code is one of the contract, and a
command that does not refuse counts what it counts in the untouched case.
"""

from __future__ import annotations

import random
import shutil
import sys
import tempfile
from collections import Counter
from pathlib import Path

from tests.batteries.case_folder_plants import CASE, PRIVATE, mutate
from tests.batteries.case_folder_runs import Ran, Room, Run, forked, in_a_process, walk_bench

COMMANDS = (
    ("info", "CASE"), ("clusters", "CASE"), ("clusters", "CASE", "--members", "--format", "csv"),
    ("decisions", "CASE"), ("audit", "verify", "CASE"), ("audit", "policy", "CASE"),
    ("audit", "replay", "CASE"), ("queries", "list", "CASE"), ("queries", "show", "theirs", "CASE"),
    ("playbook", "list", "CASE"), ("playbook", "show", "their-book", "CASE"),
    ("run", "CASE", "theirs"), ("playbook", "run", "CASE", "their-book"),
    ("run", "CASE", "clusters-table", "-o", "OUT"), ("report", "CASE", "-o", "OUT"),
    ("decide", "CASE", "--verdict", "watch", "--reason", "R-OTHER", "--cluster", "CLUSTER",
     "--dry-run"),
    ("trust", "CASE", "--show"), ("trust", "CASE"),
)  # fmt: skip
# What these say must be what they say of the untouched case, word by word.
STEADY = {("clusters", "CASE"), COMMANDS[2], COMMANDS[13], COMMANDS[15]}
# Lines of `info` that count what the store holds.
COUNTS = ("holds ", "clusters ", "rejected ")
RAN_UNTRUSTED = b"RAN-UNTRUSTED"
HANG_SECONDS = 5
PER_CASE = 8


def deck(first: int, count: int, per_case: int) -> list[tuple[tuple[str, ...], ...]]:
    """The commands of each case: drawn by seed, and each as often as the others."""
    dice = random.Random(f"deck {first}")
    cards: list[tuple[str, ...]] = []
    hands = []
    for _ in range(count):
        if len(cards) < per_case:
            fresh = [*COMMANDS]
            dice.shuffle(fresh)
            cards = [*(one for one in fresh if one not in cards), *cards]
        hand = [cards.pop() for _ in range(per_case)]
        dice.shuffle(hand)
        hands.append(tuple(hand))
    return hands


def cluster_of() -> str:
    """A cluster of the untouched case."""
    with tempfile.TemporaryDirectory(prefix="workbench-") as folder:
        room = Room(Path(folder))
        shutil.copytree(CASE, room.case)
        ran = in_a_process(room, ["clusters", str(room.case), "--format", "csv"])
        return ran.out.split(b"\n")[1].split(b",")[0].decode()


def untouched(run: Run, cluster: str) -> dict[tuple[str, ...], list[bytes]]:
    """What the commands that count say of the case as it is."""
    with tempfile.TemporaryDirectory(prefix="workbench-") as folder:
        room = Room(Path(folder))
        shutil.copytree(CASE, room.case)
        said = {}
        for words in (*STEADY, ("info", "CASE")):
            ran = run(room, room.words(words, cluster))
            assert ran.code == 0, (words, ran)
            said[words] = counted(words, ran, room)
        return said


def counted(words: tuple[str, ...], ran: Ran, room: Room) -> list[bytes]:
    """The part of an answer that the folder around the store cannot change."""
    text = room.packet.read_bytes() if words == COMMANDS[13] and room.packet.exists() else ran.out
    if words[0] == "decide":
        text = next((line for line in ran.err.split(b"\n") if line.startswith(b"It hits")), b"")
        # Who decided before is the ledger's to say, which was changed.
        return [text.split(b"cleared_before")[0]]
    lines = text.split(b"\n")
    if words[0] == "info":
        starts = tuple(one.encode() for one in COUNTS)
        return [line.split(b" in ")[0] for line in lines if line.startswith(starts)]
    return lines


def faults(words: tuple[str, ...], ran: Ran, room: Room, trusted: bool) -> list[str]:
    """What a command did that none may do."""
    found = []
    if ran.code is None:
        return ["no end"]
    if ran.code not in (0, 1, 2, 3, 4):
        found.append(f"exit code {ran.code}")
    if b"Traceback" in ran.err or b"Traceback" in ran.out:
        found.append("a traceback")
    if words[0] in ("run", "playbook") and RAN_UNTRUSTED in ran.out + ran.err and not trusted:
        found.append("something of its own ran")
    for text in (ran.out, ran.err):
        if any(
            not one.isprintable() for one in text.decode("utf-8", "replace") if one not in "\n\t\r"
        ):
            found.append("a control character")
        if PRIVATE.encode() in text:
            found.append("the text of a foreign file")
    return found + room.faults()


def attack(
    folder: Path,
    seed: int,
    commands: int = 3,
    *,
    run: Run = in_a_process,
    hand: tuple[tuple[str, ...], ...] = (),
    cluster: str = "C-none",
    wanted: dict[tuple[str, ...], list[bytes]] | None = None,
) -> list[str]:
    """One mutated case through some commands; returns what went wrong, in sentences."""
    room = Room(folder)
    dice = random.Random(seed)
    shutil.copytree(CASE, room.case)
    names = mutate(room.case, room.private, dice)
    wrong, trusted = [], False
    for words in hand or tuple(dice.sample(COMMANDS, commands)):
        given = room.words(words, cluster)
        ran = run(room, given)
        if _is_slow(ran):  # once more: the host may have been busy
            ran = run(room, room.words(words, cluster))
            if _is_slow(ran):
                wrong.append(f"seed {seed}, {' '.join(words)}: {ran.seconds:.0f} s")
        found = faults(words, ran, room, trusted)
        if wanted and words in wanted and ran.code == 0:
            said = counted(words, ran, room)
            found += [] if said == wanted[words] else ["other counts than the untouched case"]
        trusted |= words == ("trust", "CASE") and ran.code == 0
        wrong += [f"seed {seed}, {' '.join(words)}, {names!a}: {what}" for what in found]
    return wrong


def _is_slow(ran: Ran) -> bool:
    """Longer than anybody waits: by its own work, or by the clock as long as no busy host takes."""
    return ran.worked > HANG_SECONDS or ran.seconds > 6 * HANG_SECONDS


def walk(folder: Path, seed: int) -> list[str]:
    """One mutated case through the pages of the bench; returns what went wrong."""
    room, dice = Room(folder), random.Random(seed)
    shutil.copytree(CASE, room.case)
    names = mutate(room.case, room.private, dice)
    found = [*walk_bench(room, seed), *room.faults()]
    return [f"seed {seed}, bench, {names!a}: {what}" for what in found]


def main(count: int, walked: int, first: int) -> int:
    """Attack `count` folders and walk through `walked`; returns how many did what none may do."""
    wrong: list[str] = []
    drawn: Counter[str] = Counter()
    cluster = cluster_of()
    wanted = untouched(forked, cluster)
    for at, hand in enumerate(deck(first, count, PER_CASE)):
        with tempfile.TemporaryDirectory(prefix="workbench-") as folder:
            new = attack(
                Path(folder), first + at, run=forked, hand=hand, cluster=cluster, wanted=wanted
            )
        for one in new:
            print(one, flush=True)
        wrong += new
        drawn.update(" ".join(words) for words in hand)
        if at % 50 == 49:
            print(f"{at + 1:,} case folders, {drawn.total():,} commands", flush=True)
    for seed in range(first, first + walked):
        with tempfile.TemporaryDirectory(prefix="workbench-") as folder:
            new = walk(Path(folder), seed)
        for one in new:
            print(one, flush=True)
        wrong += new
    least = min(drawn.values(), default=0)
    print(
        f"{count:,} case folders, {drawn.total():,} commands, each at least {least:,} times; "
        f"{walked:,} through the bench; {len(wrong):,} faults"
    )
    return len(wrong)


if __name__ == "__main__":
    numbers = [int(word) for word in sys.argv[1:]]
    sys.exit(1 if main(*[*numbers, *(500, 50, 1)[len(numbers) :]]) else 0)
