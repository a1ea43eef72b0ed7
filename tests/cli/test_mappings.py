"""The shipped mapping profiles: listed, printed to be edited, and given by name."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Bench
from workbench.intake.mapping import shipped_profiles

SPEND = (
    "request_id,user,startTime,model,prompt_tokens,completion_tokens,call_type\n"
    "r,u,2026-05-01T12:30:15Z,m,5,7,completion\n"
)


def test_profiles_are_listed_and_printed(bench: Bench) -> None:
    listed = bench("mappings")
    assert listed.code == 0
    for name, text in shipped_profiles().items():
        assert f"\n{name} " in listed.out
        assert bench("mappings", name).out == text
    unknown = bench("mappings", "litelm")
    assert unknown.code == 2
    assert "litellm" in unknown.err


def test_a_profile_is_given_by_name_or_as_a_file(
    bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "litellm").mkdir()  # a folder of that name is no profile
    spend = tmp_path / "out.csv"
    spend.write_text(SPEND)
    refused = bench("load", tmp_path / "case", spend, "--dry-run")
    assert refused.code == 1
    mine = tmp_path / "mine.toml"
    mine.write_text(bench("mappings", "litellm").out)
    for profile in ("litellm", mine):
        shown = bench("load", tmp_path / "case", spend, "--map", profile, "--dry-run")
        assert shown.code == 0, shown.err
        assert "→ exchanges" in shown.out
        assert "2026-05-01 12:30:15" in shown.out
    assert "no mapping profile" in bench("load", tmp_path / "c", spend, "--map", "nope").err
