"""Case folders that somebody hands over: links, pipes and monstrous files, through the commands."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.case.test_open_file import PLANTS
from tests.cli.conftest import CLUSTER, Bench
from workbench.case.folder import Case

_PRIVATE = "-----BEGIN OPENSSH PRIVATE KEY-----"
_FLAG = ("--verdict", "flag", "--reason", "R-MULTI", "--counter", "none-found")


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    """A file of the analyst's outside the case."""
    path = tmp_path / "private" / "key"
    path.parent.mkdir()
    path.write_text(_PRIVATE)
    return path


def _holds_secret(folder: Path) -> list[Path]:
    files = [path for path in folder.rglob("*") if path.is_file() and not path.is_symlink()]
    return [path for path in files if _PRIVATE.encode() in path.read_bytes()]


def test_a_packet_holds_what_the_ledger_names_and_nothing_else(
    bench: Bench, case: Path, secret: Path, tmp_path: Path
) -> None:
    bench("decide", case, *_FLAG, "--cluster", CLUSTER)
    bench("audit", "checkpoint", case)
    for folder in ("audit.d", "audit.d/sets", "audit.d/checkpoints"):
        for at, plant in enumerate(PLANTS.values()):
            plant(case / folder / f"planted-{at}", secret)
            plant(case / folder / f"planted-{at}.note", secret)
        (case / folder / "planted.txt").write_text(_PRIVATE)
    made = bench("report", case, "-o", tmp_path / "packet")
    assert made.code == 0, made.err
    assert not _holds_secret(tmp_path / "packet")
    assert not [path for path in (tmp_path / "packet").rglob("*") if "planted" in path.name]
    for kept in ("sets", "checkpoints"):
        assert any((tmp_path / "packet" / "ledger" / "audit.d" / kept).iterdir())


@pytest.mark.parametrize("kind", PLANTS)
@pytest.mark.parametrize("name", ["case.toml", "audit.jsonl", "store-1.duckdb"])
def test_what_the_case_rests_on_is_an_ordinary_file(
    kind: str, name: str, bench: Bench, case: Path, secret: Path
) -> None:
    (case / name).unlink(missing_ok=True)
    PLANTS[kind](case / name, secret)
    for command in ("info", "clusters" if name.startswith("store") else "decisions"):
        ran = bench(command, case)
        assert ran.code == 3, (command, ran)
        assert ran.err


def test_a_query_or_playbook_that_is_none_is_set_aside(
    bench: Bench, case: Path, secret: Path
) -> None:
    (case / "queries" / "playbooks").mkdir(parents=True, exist_ok=True)
    for at, plant in enumerate(PLANTS.values()):
        plant(case / "queries" / f"x{at}.sql", secret)
        plant(case / "queries" / "playbooks" / f"y{at}.toml", secret)
    listed = bench("queries", "list", case)
    assert listed.code == 0
    assert listed.err.count("not used: ") == 2 * len(PLANTS) - 2  # a folder is only a folder
    told = bench("info", case)
    assert told.code == 0
    assert told.out.count("not used ") == 2 * len(PLANTS) - 2


def test_info_names_what_is_no_part_of_the_case(bench: Bench, case: Path, secret: Path) -> None:
    bench("decide", case, *_FLAG, "--cluster", CLUSTER)
    bench("audit", "checkpoint", case)
    assert "not part of the case" not in bench("info", case).out
    for at, plant in enumerate(PLANTS.values()):
        plant(case / f"planted-\x1b]52;{at}", secret)
        plant(case / "queries" / f"planted-{at}", secret)
    (case / "audit.d" / "notes.txt").touch()
    told = bench("info", case)
    assert told.code == 0
    assert "audit.d/notes.txt (a file): not part of the case" in told.out
    assert told.out.count("not part of the case") == 2 * len(PLANTS)  # one is a folder of queries
    assert "\x1b" not in told.out


@pytest.mark.parametrize(
    "header",
    ["a = " + "9" * 5000, "a = " + "[" * 100_000, "a." * 100_000 + "b = 1", "\0", "\x1b]52"],
)
def test_a_monstrous_query_or_playbook_is_set_aside(header: str, bench: Bench, case: Path) -> None:
    (case / "queries" / "playbooks").mkdir(parents=True, exist_ok=True)
    (case / "queries" / "x.sql").write_text(f"/*+++\n{header}\n+++*/\nSELECT 1")
    (case / "queries" / "playbooks" / "y.toml").write_text(header)
    listed = bench("queries", "list", case)
    assert (listed.code, listed.err.count("not used: ")) == (0, 2)
    assert "\x1b" not in listed.err


def test_a_policy_with_an_endless_number_is_refused(
    bench: Bench, case: Path, tmp_path: Path
) -> None:
    file = tmp_path / "policy.toml"
    for number in ("9" * 5000, "0x" + "f" * 5000):
        file.write_text(f"[two_people]\naccounts_over = {number}\n")
        made = bench("audit", "policy", case, "--set", file, "--reason", "x")
        assert made.code == 1, made
        assert made.err


def test_a_linked_list_of_rejects_is_copied_nowhere(
    bench: Bench, case: Path, secret: Path, tmp_path: Path
) -> None:
    opened = Case.open(case)
    opened.rejects_path.parent.mkdir(parents=True, exist_ok=True)
    opened.rejects_path.unlink(missing_ok=True)
    opened.rejects_path.symlink_to(secret)
    (tmp_path / "accounts.csv").write_text("account_id\nb-1\n")
    added = bench("load", case, tmp_path / "accounts.csv", "--append")
    assert added.code == 3
    assert "symbolic link" in added.err
    assert not _holds_secret(case)
    assert not os.listdir(case / "tmp") or os.listdir(case / "tmp") == ["load.lock"]


def test_rejects_of_holes_are_not_copied(bench: Bench, case: Path, tmp_path: Path) -> None:
    rejects = Case.open(case).rejects_path
    rejects.parent.mkdir(parents=True, exist_ok=True)
    with rejects.open("wb") as file:
        file.truncate(1 << 40)
    (tmp_path / "accounts.csv").write_text("account_id\nb-1\n")
    told = bench("load", case, tmp_path / "accounts.csv", "--append")
    assert told.code == 3
    assert "says that it has 1,099,511,627,776" in told.err


@pytest.mark.parametrize("name", ["sets", "checkpoints"])
def test_a_file_of_holes_is_not_copied(name: str, bench: Bench, case: Path, tmp_path: Path) -> None:
    """It takes no room where it lies, and would fill the disk that a packet is written to."""
    many = [word for n in range(3) for word in ("--account", f"a-0{n}")]
    assert bench("decide", case, "--verdict", "watch", "--reason", "R-OTHER", *many).code == 0
    bench("audit", "checkpoint", case)
    for path in (case / "audit.d" / name).iterdir():
        path.chmod(0o600)
        with path.open("r+b") as file:
            file.truncate(1 << 40)
    told = bench("report", case, "-o", tmp_path / "packet")
    assert told.code == 3
    assert "not copied" in told.err or "longer than" in told.err
    assert not [path for path in tmp_path.iterdir() if "packet" in path.name]
