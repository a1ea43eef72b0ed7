"""Two analysts: proposals and their answers, by record and by file, and ledgers joined."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.cli.conftest import CLUSTER, MEMBERS, Bench, Sit

_FLAG = ("--verdict", "flag", "--reason", "R-MULTI", "--counter", "none-found")
_CLEAR = ("--verdict", "clear", "--reason", "C-COMPANY")


def _flagged(bench: Bench, case: Path) -> list[str]:
    rows = bench("decisions", case, "--format", "jsonl").out.splitlines()
    found = [json.loads(row) for row in rows]
    assert not any(row["pending"] for row in found), "what waits is not in force"
    return [row["account_id"] for row in found if row["verdict"] == "flag"]


def _last(bench: Bench, case: Path) -> str:
    return bench("audit", "show", case, "--limit", 1).first


def test_a_proposal_counts_when_somebody_else_agrees(bench: Bench, case: Path, sit: Sit) -> None:
    proposed = bench("propose", case, *_FLAG, "--cluster", CLUSTER)
    assert proposed.code == 0, proposed.err
    assert _flagged(bench, case) == []
    own = bench("countersign", case, proposed.first, "--answer", "agree")
    assert own.code == 1
    assert "somebody else" in own.err
    assert _flagged(bench, case) == []
    sit("ben")
    agreed = bench("countersign", case, proposed.first, "--answer", "agree")
    assert agreed.code == 0, agreed.err
    assert "proposed by ana" in agreed.err
    assert len(_flagged(bench, case)) == MEMBERS


def test_a_refused_proposal_does_not_count(bench: Bench, case: Path, sit: Sit) -> None:
    proposed = bench("propose", case, *_FLAG, "--account", "a-01").first
    sit("ben")
    assert bench("countersign", case, proposed).code == 2
    assert bench("countersign", case, proposed, "--answer", "refuse", "--note", "no").code == 0
    assert _flagged(bench, case) == []
    assert bench("countersign", case, proposed, "--answer", "agree").code == 1


def test_proposal_and_answer_travel_as_files(
    bench: Bench, case: Path, sit: Sit, tmp_path: Path
) -> None:
    elsewhere, asked, answered = tmp_path / "copy", tmp_path / "ask.json", tmp_path / "answer.json"
    shutil.copytree(case, elsewhere)
    assert bench("propose", case, *_FLAG, "--cluster", CLUSTER, "-o", asked).code == 0
    again = bench("propose", case, *_FLAG, "--account", "a-01", "-o", asked)
    assert (again.code, again.out) == (2, "")
    sit("ben")
    agreed = bench("countersign", elsewhere, asked, "--answer", "agree", "-o", answered)
    assert agreed.code == 0, agreed.err
    assert len(_flagged(bench, elsewhere)) == MEMBERS
    assert bench("audit", "replay", elsewhere).code == 0
    sit("ana")
    assert _flagged(bench, case) == []
    back = bench("countersign", case, answered)
    assert back.code == 0, back.err
    assert "ben agrees" in back.err
    assert len(_flagged(bench, case)) == MEMBERS
    assert bench("audit", "verify", case).code == 0
    assert bench("audit", "verify", elsewhere).code == 0


def test_a_damaged_file_is_not_taken_over(
    bench: Bench, case: Path, sit: Sit, tmp_path: Path
) -> None:
    elsewhere, asked = tmp_path / "copy", tmp_path / "ask.json"
    shutil.copytree(case, elsewhere)
    bench("propose", case, *_FLAG, "--account", "a-01", "-o", asked)
    asked.write_text(asked.read_text().replace("a-01", "a-02"))
    sit("ben")
    ran = bench("countersign", elsewhere, asked, "--answer", "agree")
    assert ran.code == 1
    assert not (elsewhere / "audit.jsonl").exists()


def test_what_two_people_decided_is_taken_back_by_two(
    bench: Bench, case: Path, sit: Sit, tmp_path: Path
) -> None:
    made = bench("decide", case, *_FLAG, "--cluster", CLUSTER).first
    policy = tmp_path / "two.toml"
    policy.write_text("[two_people]\naccounts_over = 10\n")
    bench("audit", "policy", case, "--set", policy, "--reason", "review")
    first = bench("reverse", case, made, "--reason", "C-OTHER", "--note", "an office")
    assert first.code == 0
    assert "stays in force until somebody else takes it back too: 30 accounts" in first.err
    assert len(_flagged(bench, case)) == 30
    waits = bench("decisions", case, "--pending", "--account", "a-01", "--format", "csv").out
    assert "a-01,undo flag,R-MULTI,medium,ana," in waits
    again = bench("reverse", case, made, "--reason", "C-OTHER")
    assert again.code == 1
    assert "Somebody else must take record" in again.err
    sit("ben")
    assert "Taken back by record" in bench("reverse", case, made, "--reason", "C-OTHER").err
    assert _flagged(bench, case) == []
    assert bench("decisions", case, "--pending", "--format", "jsonl").out == ""
    assert bench("audit", "verify", case).code == 0


def test_merge_lists_what_the_two_decide_differently(
    bench: Bench, case: Path, sit: Sit, tmp_path: Path
) -> None:
    other = tmp_path / "copy"
    shutil.copytree(case, other)
    bench("decide", case, *_CLEAR, "--account", "a-01")
    sit("ben")
    bench("decide", other, *_FLAG, "--account", "a-01")
    bench("decide", other, *_FLAG, "--account", "a-35")
    bench("decide", other, "--verdict", "watch", "--reason", "R-OTHER", "--cluster", CLUSTER)
    bench("reverse", other, json.loads(_last(bench, other))["id"], "--reason", "C-OTHER")
    sit("ana")
    ran = bench("merge", case, other, "--reason", "back from the field", "--format", "jsonl")
    assert ran.code == 0, ran.err
    rows = [json.loads(line) for line in ran.out.splitlines()]
    assert [(row["account_id"], row["our_verdict"], row["their_verdict"]) for row in rows] == [
        ("a-01", "clear", "flag")
    ]
    assert rows[0]["their_analyst"] == "ben"
    assert _flagged(bench, case) == ["a-35"]
    assert bench("audit", "verify", case).code == 0
    # The cluster's page reads the decisions as they stood in the other ledger, at its own head.
    replayed = bench("audit", "replay", case, "--all", "--format", "jsonl")
    assert replayed.code == 0, replayed.err
    statuses = [json.loads(line)["status"] for line in replayed.out.splitlines()]
    assert statuses == ["matches", "matches", "matches", "other ledger"]
    left = bench("decisions", case, "--conflicts", "--format", "jsonl").out.splitlines()
    assert [json.loads(one)["account_id"] for one in left] == [
        json.loads(one)["account_id"] for one in ran.out.splitlines()
    ]
    twice = bench("merge", case, other)
    assert (twice.code, twice.out) == (0, "")
    assert bench("merge", case, tmp_path / "nowhere").code == 2


@pytest.mark.skipif(shutil.which("ssh-keygen") is None, reason="ssh-keygen is not on this host")
def test_two_keys_vouched_for_elsewhere_are_two_people_at_one_login(
    bench: Bench, case: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = Path(os.environ["XDG_CONFIG_HOME"]) / "workbench" / "settings.toml"
    settings.parent.mkdir(parents=True)

    def use(name: str) -> None:
        key = tmp_path / f"{name}-key"
        settings.write_text(f'[analyst]\nname = "{name}"\nssh_key = "{key}"\n')

    for name in ("ana", "ben"):
        words = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(tmp_path / f"{name}-key")]
        subprocess.run(words, check=True)
    use("ana")
    proposed = bench("propose", case, *_FLAG, "--account", "a-01")
    assert proposed.code == 0, proposed.err
    use("ben")
    alone = bench("countersign", case, proposed.first, "--answer", "agree")
    assert (alone.code, "somebody else" in alone.err) == (1, True), "anybody can make a second key"
    asked = [bench("audit", "key", "add", case)]
    use("ana")
    asked.append(bench("audit", "key", "add", case))
    assert [one.code for one in asked] == [0, 0]
    with monkeypatch.context() as elsewhere:
        elsewhere.setattr("workbench.audit.records.identity.socket.gethostname", lambda: "bench-9")
        settings.write_text('[analyst]\nname = "dee"\n')
        for one in asked:
            assert bench("countersign", case, one.first, "--answer", "agree").code == 0
    use("ben")
    agreed = bench("countersign", case, proposed.first, "--answer", "agree")
    assert agreed.code == 0, agreed.err
    assert _flagged(bench, case) == ["a-01"]
