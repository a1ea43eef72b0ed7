"""`audit key`: enrolling, revoking and listing keys, and what the policy makes of them."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.cli.conftest import Bench, Sit
from workbench.settings import config_dir

pytestmark = pytest.mark.skipif(shutil.which("ssh-keygen") is None, reason="needs ssh-keygen")
_WATCH = ("--verdict", "watch", "--reason", "R-OTHER", "--account", "a-01")


def made_key(folder: Path, name: str) -> Path:
    words = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / name)]
    subprocess.run(words, check=True)
    return folder / name


@pytest.fixture
def own_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A key of ana's, in her settings."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    key = made_key(tmp_path, "ana-key")
    config_dir().mkdir(parents=True)
    (config_dir() / "settings.toml").write_text(f'[analyst]\nssh_key = "{key}"\n')
    return key


def test_signatures_are_demanded_of_enrolled_keys(
    bench: Bench, case: Path, sit: Sit, own_key: Path, tmp_path: Path
) -> None:
    enrolled = bench("audit", "key", "add", case, "--alone", "nobody else")
    assert (enrolled.code, "demands no signatures yet" in enrolled.err) == (0, True)
    (tmp_path / "policy.toml").write_text("signed = true\n")
    policy = ("--set", tmp_path / "policy.toml", "--reason", "from now on")
    assert bench("audit", "policy", case, *policy).code == 0
    assert bench("decide", case, *_WATCH).code == 0
    sit("bo")
    refused = bench("decide", case, *_WATCH)
    assert refused.code == 1
    assert "its key was enrolled for ana" in refused.err
    verified = bench("audit", "verify", case)
    assert (verified.code, "3 checked" in verified.out) == (0, True)


def test_a_key_is_revoked_and_listed(
    bench: Bench, case: Path, sit: Sit, own_key: Path, tmp_path: Path
) -> None:
    bench("audit", "key", "add", case, "--alone", "nobody else")
    second = made_key(tmp_path, "second")
    added = bench("audit", "key", "add", case, "--key", second, "--name", "bo",
                  "--before", "2030-01-01")  # fmt: skip
    assert added.code == 0
    rows = [json.loads(line) for line in _listed(bench, case)]
    assert [(row["principal"], row["may_sign"]) for row in rows] == [("ana", True), ("bo", True)]
    assert rows[1]["valid_before"].startswith("2030-01-01")
    asked = bench("audit", "key", "revoke", case, rows[1]["fingerprint"])
    assert (asked.code, "waits until somebody else agrees" in asked.err) == (0, True)
    rows = [json.loads(line) for line in _listed(bench, case)]
    assert [row["may_sign"] for row in rows] == [True, True], "it waits"
    sit("cy")
    (config_dir() / "settings.toml").write_text("")
    assert bench("countersign", case, asked.out.strip(), "--answer", "agree").code == 0
    rows = [json.loads(line) for line in _listed(bench, case)]
    assert [(row["action"], row["may_sign"]) for row in rows][1:] == [
        ("add", False), ("revoke", False),
    ]  # fmt: skip
    again = bench("audit", "key", "revoke", case, rows[1]["fingerprint"])
    assert (again.code, "is enrolled" in again.err) == (1, True)


def _listed(bench: Bench, case: Path) -> list[str]:
    return bench("audit", "key", "list", case, "--format", "jsonl").out.splitlines()


def test_a_file_that_is_no_key_is_said(bench: Bench, case: Path, tmp_path: Path) -> None:
    (tmp_path / "not.pub").write_text("hello\n")
    for path, why in ((tmp_path / "not.pub", "not an SSH public key"), (tmp_path / "none", "none")):
        refused = bench("audit", "key", "add", case, "--key", path)
        assert refused.code in (1, 2)
        assert why in refused.err
    assert bench("audit", "key", "add", case).code == 2
