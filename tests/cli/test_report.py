"""The case packet: whole or not at all, checkable with a bare Python, inert whatever it shows."""

from __future__ import annotations

import hashlib
import html.parser
import json
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from tests.cli.conftest import CLUSTER, Bench, commit_store, write_store
from workbench.case.folder import Case

_HOSTILE = "<script>x()</script>\x1b]0;t\x07|`*‮"


@pytest.fixture
def hostile(tmp_path: Path) -> Path:
    """The small case with a member whose id and cluster summary would like to act."""
    store = tmp_path / "hostile.duckdb"
    write_store(store)
    with duckdb.connect(str(store)) as connection:
        connection.execute("UPDATE clusters SET summary = ?", [_HOSTILE])
        connection.execute(
            "INSERT INTO cluster_members (cluster_id, account_id, cluster_score, member_score) "
            "VALUES (?, ?, 0.9, 0.0)",
            [CLUSTER, _HOSTILE],
        )
    root = tmp_path / "hostile"
    commit_store(Case.create(root), store)
    return root


class _Tags(html.parser.HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.seen: set[str] = set()

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.seen.add(tag)


def test_a_packet_proves_itself(bench: Bench, case: Path, tmp_path: Path) -> None:
    bench("decide", case, "--cluster", CLUSTER, "--verdict", "flag", "--reason", "R-MULTI",
          "--counter", "none-found", "--note", "seen twice")  # fmt: skip
    packet = tmp_path / "packet"
    ran = bench("report", case, "-o", packet)
    assert ran.code == 0, ran.err
    for line in (packet / "SHA256SUMS").read_text().splitlines():
        digest, name = line.split("  ", 1)
        assert hashlib.sha256((packet / name).read_bytes()).hexdigest() == digest
    checked = subprocess.run(
        [sys.executable, "-I", "-S", "verify.py", "ledger"], cwd=packet, capture_output=True,
        text=True, check=False,
    )  # fmt: skip
    assert checked.returncode == 0, checked.stdout
    assert json.loads(checked.stdout)["ok"]
    text = (packet / "report.md").read_text()
    assert "seen twice" in text
    assert "none-found" in text


def test_an_exhibit_is_what_the_named_command_gives(
    bench: Bench, case: Path, tmp_path: Path
) -> None:
    packet = tmp_path / "packet"
    assert bench("report", case, "--cluster", CLUSTER, "-o", packet).code == 0
    (members,) = (packet / "data").glob("*-cluster-members.jsonl")
    ran = bench("run", case, "cluster-members", "-p", f"cluster={CLUSTER}", "--format", "jsonl")
    assert ran.out == members.read_text()
    assert hashlib.sha256(members.read_bytes()).hexdigest() in (packet / "report.md").read_text()


def test_nothing_in_a_packet_acts(bench: Bench, hostile: Path, tmp_path: Path) -> None:
    packet = tmp_path / "packet"
    ran = bench("report", hostile, "-o", packet)
    assert ran.code == 0, ran.err
    page, text = (packet / "report.html").read_text(), (packet / "report.md").read_text()
    tags = _Tags()
    tags.feed(page)
    assert not tags.seen & {"script", "img", "a", "link", "iframe"}
    for shown in (page, text):
        assert not {"\x1b", "\x07", "‮"} & set(shown)
    assert "<script" not in text.replace("\\<script", "")


def test_only_decisions_on_the_subject_are_told(bench: Bench, case: Path, tmp_path: Path) -> None:
    for account in ("a-01", "a-39"):  # a member and a stranger
        bench("decide", case, "--account", account, "--verdict", "watch", "--reason", "R-OTHER",
              "--note", f"note on {account}")  # fmt: skip
    packet = tmp_path / "packet"
    bench("report", case, "--cluster", CLUSTER, "-o", packet)
    text = (packet / "report.md").read_text()
    assert "note on a-01" in text
    assert "note on a-39" not in text


@pytest.mark.parametrize("wrong", [("--cluster", "C-none"), ("--campaign", "C-none")])
def test_a_packet_is_whole_or_not_there(
    bench: Bench, case: Path, tmp_path: Path, wrong: tuple[str, str]
) -> None:
    ran = bench("report", case, *wrong, "-o", tmp_path / "packet")
    assert ran.code == 1
    assert "C-none" in ran.err
    (tmp_path / "there").mkdir()
    assert bench("report", case, "-o", tmp_path / "there").code == 2
    assert not [path for path in tmp_path.iterdir() if "packet" in path.name]


def test_a_packet_names_what_the_rules_of_today_would_not_accept(
    bench: Bench, tmp_path: Path
) -> None:
    versions = Path(__file__).parents[1] / "fixtures" / "versions" / "0.1.0"
    case = tmp_path / "old"
    shutil.copytree(versions / "case", case)
    warned = [
        line for line in bench("audit", "verify", case).out.splitlines() if "version 1)" in line
    ]
    assert warned
    assert bench("report", case, "-o", tmp_path / "packet").code == 0
    text = (tmp_path / "packet" / "report.md").read_text().replace("\\", "")
    assert "of a record of today not accepted" in text
