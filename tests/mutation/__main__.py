"""`python -m tests.mutation AREA [-n 100] [--seed S]`: do the tests notice small faults?

Draws N mutants of the area's files (`tests/mutation/areas.py`), puts one at a time into a copy of
the checkout, and runs the tests of the area that run the changed statement, the fastest first,
until one fails. A run that takes far longer than it should counts as noticed. Prints each mutant
that survives, with its place and difference, and the score; the same seed draws the same mutants.

`--seed S`      another sample. `--only PATH` or `--only PATH:LINE`: all mutants there instead.
`--budget S`    seconds of tests a mutant; slower tests are left out (a mutant that only they would
                notice survives). 0: no limit.
`--tests T ...` these paths below `tests/` instead of the area's.
`--jobs J`      that many copies at once.
`--again`       measure anew which tests run which lines; else kept below `--folder` while neither
                the files of the area nor the tests changed.

A survivor is either a missing test or changes nothing that can be observed. The latter are argued
in `equivalent.toml` (file, the statement's text, the fault's text, why) and do not count.
"""

from __future__ import annotations

import argparse
import difflib
import hashlib
import json
import random
import sys
import tempfile
import tomllib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from queue import SimpleQueue

from tests.mutation.areas import AREAS, ROOT, Area
from tests.mutation.bench import Bench, Measured
from tests.mutation.mutants import Mutant, mutants


@dataclass(frozen=True)
class Drawn:
    """A mutant of a file."""

    file: str
    mutant: Mutant

    @property
    def place(self) -> str:
        """Where it is, as PATH:LINE."""
        return f"{self.file}:{self.mutant.line}"

    def texts(self) -> tuple[str, str]:
        """What stood there and what stands there now."""
        source = (ROOT / self.file).read_bytes()
        return source[self.mutant.start : self.mutant.end].decode(), self.mutant.new

    def difference(self) -> str:
        """The changed lines, as a difference."""
        source = (ROOT / self.file).read_bytes()
        before, after = source.decode(), self.mutant.applied(source).decode()
        lines = difflib.unified_diff(before.splitlines(), after.splitlines(), n=0, lineterm="")
        return "\n".join(f"    {line}" for line in list(lines)[2:] if not line.startswith("@@"))


def draw(area: Area, number: int, seed: int, only: str = "") -> list[Drawn]:
    """The sample, by file and position."""
    every = [
        Drawn(file, one) for file in area.sources() for one in mutants((ROOT / file).read_bytes())
    ]
    if only:
        return [one for one in every if one.file == only or one.place == only]
    chosen = random.Random(seed).sample(range(len(every)), min(number, len(every)))
    return [every[place] for place in sorted(chosen)]


def excused(drawn: Drawn) -> bool:
    """Whether `equivalent.toml` argues that this one changes nothing."""
    path = Path(__file__).with_name("equivalent.toml")
    listed = tomllib.loads(path.read_text(encoding="utf-8")).get("equivalent", [])
    before, after = drawn.texts()
    lines = (ROOT / drawn.file).read_text(encoding="utf-8").splitlines()
    statement = " ".join(line.strip() for line in lines[drawn.mutant.line - 1 : drawn.mutant.last])
    return any(
        (one["file"], one["was"], one["becomes"]) == (drawn.file, before, after)
        and one["statement"] in statement
        for one in listed
    )


def _key(area: Area) -> str:
    digest = hashlib.sha256()
    tests = [ROOT / name for name in area.test_paths()]
    within = [path for folder in tests for path in sorted(folder.rglob("*.py"))]
    for path in (*(ROOT / name for name in area.sources()), *filter(Path.is_file, tests), *within):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def measured(bench: Bench, area: Area, folder: Path, again: bool) -> Measured:
    """Which tests run which lines, from before where nothing changed."""
    kept = folder / f"measured-{_key(area)}.json"
    if kept.exists() and not again:
        given = json.loads(kept.read_text())
        given["lines"] = {
            file: {int(line): tests for line, tests in lines.items()}
            for file, lines in given["lines"].items()
        }
        return Measured(**given)
    found = bench.measure(area)
    kept.write_text(json.dumps(asdict(found)))
    return found


def affordable(tests: list[str], known: Measured, budget: float) -> list[str]:
    """The fastest of the tests, as many as the budget allows."""
    if not budget:
        return tests
    taken: list[str] = []
    for test in tests:
        if known.cost([*taken, test]) <= budget:
            taken.append(test)
    return taken


def judge(bench: Bench, drawn: Drawn, known: Measured, budget: float) -> str:
    """What became of a mutant: killed, late, survived, or that no test runs it."""
    one = drawn.mutant
    tests = known.tests_of(drawn.file, one.line, one.last, inside=one.inside)
    tests = affordable(tests, known, budget)
    if not tests:
        return "no test runs it"
    source = (ROOT / drawn.file).read_bytes()
    bench.put(drawn.file, one.applied(source))
    try:
        result = bench.run(["-x", *tests], 20 + 5 * known.cost(tests))
    finally:
        bench.put(drawn.file, source)
    return {"0": "survived", "late": "late"}.get(result, "killed")


def control(bench: Bench, sample: list[Drawn], known: Measured, budget: float) -> None:
    """Raise SystemExit where the tests fail without any fault: nothing could be learned then."""
    tests = {
        test
        for drawn in sample
        for test in affordable(
            known.tests_of(
                drawn.file, drawn.mutant.line, drawn.mutant.last, inside=drawn.mutant.inside
            ),
            known,
            budget,
        )
    }
    ordered = sorted(tests)
    if ordered and (result := bench.run(ordered, 60 + 5 * known.cost(ordered))) != "0":
        raise SystemExit(
            f"The tests fail without any fault ({result}):\n{bench.output.read_text()[-3000:]}"
        )


def judged(
    area: Area, sample: list[Drawn], given: argparse.Namespace
) -> Iterator[tuple[Drawn, str]]:
    """Each mutant of the sample and what became of it, in order."""
    given.folder.mkdir(parents=True, exist_ok=True)
    copies = [Path(tempfile.mkdtemp(prefix="copy-", dir=given.folder)) for _ in range(given.jobs)]
    with Bench(copies[0]) as first:
        known = measured(first, area, given.folder, given.again)
        control(first, sample, known, given.budget)
        others = [Bench(path) for path in copies[1:]]
        free: SimpleQueue[Bench] = SimpleQueue()
        for bench in (first, *others):
            free.put(bench)

        def work(drawn: Drawn) -> str:
            bench = free.get()
            try:
                return judge(bench, drawn, known, given.budget)
            finally:
                free.put(bench)

        try:
            with ThreadPoolExecutor(given.jobs) as pool:
                yield from zip(sample, pool.map(work, sample), strict=True)
        finally:
            for bench in others:
                bench.close()


def main() -> None:
    """Print survivors and the score."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutation")
    parser.add_argument("area", choices=sorted(AREAS))
    parser.add_argument("-n", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="")
    parser.add_argument("--budget", type=float, default=60)
    parser.add_argument("--tests", nargs="+", default=())
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--again", action="store_true")
    parser.add_argument(
        "--folder", type=Path, default=Path(tempfile.gettempdir()) / "workbench-mutation"
    )
    given = parser.parse_args()
    area = AREAS[given.area]
    if given.tests:
        area = replace(area, tests=tuple(given.tests))
    sample = draw(area, given.n, given.seed, given.only)
    counted, noticed, equal = 0, 0, 0
    for place, (drawn, outcome) in enumerate(judged(area, sample, given), 1):
        print(f"{place}/{len(sample)} {outcome}: {drawn.place}", file=sys.stderr, flush=True)
        if outcome in ("killed", "late"):
            noticed += 1
        elif excused(drawn):
            equal += 1
            continue
        else:
            print(
                f"{drawn.place}: {drawn.mutant.kind}, {outcome}\n{drawn.difference()}", flush=True
            )
        counted += 1
    share = 100 * noticed / counted if counted else 100.0
    print(
        f"{given.area}, seed {given.seed}: {noticed} of {counted} noticed, {share:.0f} %"
        f" ({equal} equivalent ones left out)"
    )


if __name__ == "__main__":
    main()
