"""`audit verify` and `audit policy` at the command line."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from tests.cli.conftest import CLUSTER, Bench, Sit
from workbench.audit.errors import LedgerError
from workbench.audit.log.checkpoint import read_words
from workbench.case.folder import Case
from workbench.decisions.verify import verdict_lines, verify_case
from workbench.settings import load_settings

_FLAG = ("--verdict", "flag", "--reason", "R-MULTI", "--counter", "none-found")
_WATCH = ("--verdict", "watch", "--reason", "R-OTHER")


def _checkpoint(bench: Bench, case: Path) -> tuple[str, str]:
    made = bench("audit", "checkpoint", case)
    assert made.code == 0, made.err
    noted = re.search(r"^records (\d+): (.+)$", made.out, re.MULTILINE)
    assert noted is not None
    return noted[1], noted[2]


def _fits(words: str, size: int) -> bool:
    try:
        read_words(words, size)
    except LedgerError:
        return False
    return True


def test_words_on_paper_find_a_rewrite(bench: Bench, case: Path) -> None:
    before = {path: path.read_bytes() for path in case.rglob("*.toml")}
    bench("decide", case, *_WATCH, "--account", "a-01")
    size, words = _checkpoint(bench, case)
    assert bench("audit", "verify", case, "--words", words, "--size", size).code == 0
    (case / "audit.jsonl").unlink()
    for note in (case / "audit.d" / "checkpoints").iterdir():
        note.unlink()
    for mark in (Case.open(case).state_dir()).glob("*"):
        mark.unlink()
    bench("decide", case, *_WATCH, "--account", "a-02")
    assert before == {path: path.read_bytes() for path in case.rglob("*.toml")}
    assert bench("audit", "verify", case).code == 0
    found = bench("audit", "verify", case, "--words", words, "--size", size)
    assert found.code == 3
    assert "changed since the checkpoint" in found.out


def test_words_need_their_size_and_must_fit(bench: Bench, case: Path) -> None:
    bench("decide", case, *_WATCH, "--account", "a-01")
    size, words = _checkpoint(bench, case)
    assert bench("audit", "verify", case, "--words", words).code == 2
    assert bench("audit", "verify", case, "--size", size).code == 2
    # One wrong size of 256 fits the check byte by chance: the first that does not is taken.
    wrong = next(at for at in range(int(size) + 1, int(size) + 64) if not _fits(words, at))
    misread = bench("audit", "verify", case, "--words", words, "--size", wrong)
    assert misread.code == 1
    assert "misread" in misread.err


def test_recovered_ranges_stay_listed(bench: Bench, case: Path) -> None:
    bench("decide", case, *_WATCH, "--account", "a-01")
    with (case / "audit.jsonl").open("ab") as ledger:
        ledger.write(b'{"body":{"acc')
    torn = bench("audit", "verify", case)
    assert (torn.code, torn.out.startswith("warning: ")) == (0, True)
    bench("decide", case, *_WATCH, "--account", "a-02")
    recovered = bench("audit", "verify", case)
    assert (recovered.code, recovered.out.startswith("recovered: ")) == (0, True)
    words = verdict_lines(verify_case(case, load_settings()))
    assert words[0].startswith("Intact")
    assert words[1].startswith("Recovered: ")
    assert words[-1].endswith("shows only against a checkpoint elsewhere.")


def test_policy_that_is_set_counts_and_its_file_comes_back(
    bench: Bench, case: Path, tmp_path: Path
) -> None:
    shipped = bench("audit", "policy", case)
    assert shipped.code == 0
    file = tmp_path / "policy.toml"
    text = "# ours\n" + shipped.out.replace("accounts_over = 0", "accounts_over = 5")
    file.write_text(text)
    assert bench("audit", "policy", case, "--set", file).code == 2
    made = bench("audit", "policy", case, "--set", file, "--reason", "four eyes")
    assert made.code == 0, made.err
    assert "more than 5 accounts" in made.err
    assert bench("audit", "policy", case).out == text
    alone = bench("decide", case, *_FLAG, "--cluster", CLUSTER)
    assert (alone.code, alone.out) == (1, "")
    assert "countersigned" in alone.err
    assert bench("propose", case, *_FLAG, "--cluster", CLUSTER).code == 0
    assert bench("decide", case, *_FLAG, "--account", "a-01").code == 0


def test_policy_that_cannot_be_read_changes_nothing(
    bench: Bench, case: Path, tmp_path: Path
) -> None:
    file = tmp_path / "policy.toml"
    file.write_text("[two_people]\naccounts_ovr = 5\n")
    ran = bench("audit", "policy", case, "--set", file, "--reason", "x")
    assert ran.code == 1
    assert "accounts_ovr" in ran.err
    assert not (case / "audit.jsonl").exists()


def test_a_case_without_a_record_is_empty_not_broken(
    bench: Bench, case: Path, tmp_path: Path
) -> None:
    found = bench("audit", "verify", case)
    assert (found.code, found.out) == (0, "empty: nothing is recorded yet\n")
    assert bench("audit", "verify", tmp_path / "nowhere").code == 2
    (tmp_path / "other").mkdir()
    assert bench("audit", "verify", tmp_path / "other").code == 2


def test_another_case_at_the_same_place_is_told(bench: Bench, case: Path) -> None:
    """Who rewrites everything may rename the case: nothing that was seen would speak against it."""
    bench("decide", case, *_WATCH, "--account", "a-01")
    assert "warning" not in bench("audit", "verify", case).out
    manifest, ledger = case / "case.toml", case / "audit.jsonl"
    case_id = Case.open(case).manifest.case_id
    manifest.write_text(manifest.read_text().replace(case_id, "5ca1ab1e5ca1ab1e"))
    ledger.unlink()
    bench("decide", case, *_WATCH, "--account", "a-02")
    told = bench("audit", "verify", case)
    assert (told.code, told.out.count("warning: ")) == (0, 1)
    assert "has seen another case here, its ledger at 2" in told.out


def test_another_case_in_a_moved_folder_is_told(bench: Bench, case: Path) -> None:
    bench("decide", case, *_WATCH, "--account", "a-01")
    case_id = Case.open(case).manifest.case_id
    moved = case.rename(case.with_name("moved"))
    manifest = moved / "case.toml"
    manifest.write_text(manifest.read_text().replace(case_id, "5ca1ab1e5ca1ab1e"))
    (moved / "audit.jsonl").unlink()
    assert "has seen another case here" in bench("audit", "verify", moved).out


def test_a_moved_case_still_misses_what_was_cut(bench: Bench, case: Path) -> None:
    bench("decide", case, *_WATCH, "--account", "a-01")
    moved = case.rename(case.with_name("moved"))
    ledger = moved / "audit.jsonl"
    ledger.write_bytes(ledger.read_bytes().splitlines(keepends=True)[0])
    assert "has seen 2 records" in bench("audit", "verify", moved).out


def test_deleting_a_copy_damages_no_other(bench: Bench, case: Path) -> None:
    """A copy that went on and is gone again is told, but speaks against no other folder."""
    copy = Path(shutil.copytree(case, case.with_name("copy")))
    bench("decide", copy, *_WATCH, "--account", "a-01")
    shutil.rmtree(copy)
    told = bench("audit", "verify", case)
    assert (told.code, told.out.count("where it is no more")) == (0, 1)
    assert bench("decide", case, *_WATCH, "--account", "a-02").code == 0
    assert bench("audit", "verify", case).code == 0
    again = Path(shutil.copytree(case, case.with_name("again")))
    assert bench("audit", "verify", again).code == 0
    assert bench("decide", again, *_WATCH, "--account", "a-03").code == 0


def test_a_ledger_seen_longer_is_missed(bench: Bench, case: Path) -> None:
    for account in ("a-01", "a-02"):
        bench("decide", case, *_WATCH, "--account", account)
    ledger = case / "audit.jsonl"
    whole = ledger.read_bytes()
    ledger.write_bytes(b"".join(whole.splitlines(keepends=True)[:-1]))
    cut = bench("audit", "verify", case)
    assert cut.code == 3
    assert "has seen 3 records" in cut.out
    ledger.unlink()
    gone = bench("audit", "verify", case)
    assert gone.code == 3
    assert "vanished" in gone.out
    ledger.write_bytes(whole)
    assert bench("audit", "verify", case).code == 0


def test_records_are_shown_by_type_by_line_and_whole(bench: Bench, case: Path) -> None:
    record = bench("decide", case, *_FLAG, "--cluster", CLUSTER, "--note", "esc \x1b[31m").first
    bench("comment", case, "see the bill", "--account", "a-01")
    newest = bench("audit", "show", case, "--limit", 1, "--format", "table").out
    assert "comment on account a-01: see the bill" in newest
    only = bench("audit", "show", case, "--type", "decision", "--format", "csv").out.splitlines()
    assert len(only) == 2
    assert f"flag R-MULTI on cluster {CLUSTER} of 30 accounts" in only[1]
    whole = bench("audit", "show", case, "--id", record).out
    assert "\x1b" not in whole
    assert '"a-29"' in whole
    assert bench("audit", "show", case, "--id", "ab" * 16).code == 2


def test_history_and_what_is_mine(bench: Bench, case: Path, sit: Sit) -> None:
    first = bench("decide", case, *_FLAG, "--account", "a-01").first
    bench("reverse", case, first, "--reason", "C-OTHER", "--note", "typo")
    sit("ben")
    bench("decide", case, *_WATCH, "--account", "a-02")
    history = bench("decisions", case, "--history", "--format", "csv").out.splitlines()
    assert [line.split(",")[0] for line in history[1:]] == ["a-01", "a-02"]
    assert history[1].endswith("reversed")
    one = bench("decisions", case, "--history", "--account", "a-01", "--format", "csv")
    assert len(one.out.splitlines()) == 2
    mine = bench("decisions", case, "--mine", "--format", "csv").out.splitlines()
    assert len(mine) == 2
    assert mine[1].startswith("stands,watch,R-OTHER,1,a-02")
    assert bench("decisions", case, "--mine", "--account", "a-01").code == 2


def test_many_accounts_in_small_pieces_are_told(
    bench: Bench, case: Path, tmp_path: Path, sit: Sit
) -> None:
    strict = tmp_path / "strict.toml"
    strict.write_text("[two_people]\naccounts_over = 4\n")
    bench("audit", "policy", case, "--set", strict, "--reason", "review")
    for first in range(0, 4, 2):
        words = [f"--account=a-0{first + n}" for n in range(2)]
        made = bench("decide", case, *_FLAG, *words).first
    bench("decide", case, *_WATCH, "--account", "a-20")
    sit("ben")
    bench("decide", case, *_FLAG, "--account", "a-30")
    assert "decided" not in bench("audit", "policy", case).err
    sit("ana")
    bench("decide", case, *_FLAG, "--account", "a-31")
    told = bench("audit", "policy", case).err
    assert "ana decided 5 accounts (flag) in 3 decisions on 2" in told
    assert "more than 4 at once need two people" in told
    assert told.count("decided") == 1
    bench("reverse", case, made, "--reason", "C-OTHER")
    assert "decided" not in bench("audit", "policy", case).err


def test_switching_four_eyes_off_shows(bench: Bench, case: Path, tmp_path: Path, sit: Sit) -> None:
    strict, loose = tmp_path / "strict.toml", tmp_path / "loose.toml"
    strict.write_text('[two_people]\nverdicts = ["flag"]\naccounts_over = 10\n')
    loose.write_text("[two_people]\naccounts_over = 50\n")
    assert bench("audit", "policy", case, "--set", strict, "--reason", "review").code == 0
    assert "loosened" not in bench("audit", "verify", case).out
    sit("eve")
    asked = bench("audit", "policy", case, "--set", loose, "--reason", "too slow")
    assert (asked.code, "and waits: it weakens the policy" in asked.err) == (0, True)
    found = bench("audit", "verify", case)
    assert "loosened" not in found.out
    assert "waits for a second person; eve asks for it" in found.out
    assert "flag" in bench("audit", "policy", case).out, "it waits"
    sit("bo")
    assert bench("countersign", case, asked.out.strip(), "--answer", "agree").code == 0
    found = bench("audit", "verify", case)
    assert found.code == 0
    assert (
        "warning: record 3: eve loosened the policy (one person may decide flag; "
        "one person may decide 50 accounts): too slow"
    ) in found.out
