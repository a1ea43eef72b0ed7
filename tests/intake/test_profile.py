"""account_profile against figures worked out by hand, and warnings about odd values."""

from __future__ import annotations

import itertools
import math
import statistics
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.intake.conftest import Load, Row, write_csv, write_jsonl
from workbench.intake import build_tables

START = datetime(2026, 5, 1)  # noqa: DTZ001  a Friday


def _exchange(account: str, minutes: float, **values: Any) -> Row:
    return {
        "account_id": account,
        "ts": (START + timedelta(minutes=minutes)).isoformat(),
        "model": "m",
    } | values


def test_one_account_by_hand(load_files: Load, tmp_path: Path) -> None:
    minutes = [0, 10, 70, 24 * 60, 48 * 60]
    rows = [
        _exchange(
            "a", minute, session_id="s1" if n < 2 else f"s{n}", input_tokens=10 * (n + 1),
            output_tokens=5, status=429 if n == 4 else 200, stream=n > 0, n_tools=n % 2,
            cost_usd=0.25, prompt="same" if n < 2 else f"p{n}", ip=f"10.0.0.{n % 2}",
            user_agent="ua", api_key_id="k1",
        )
        for n, minute in enumerate(minutes)
    ]  # fmt: skip
    loaded = load_files(
        write_jsonl(tmp_path / "exchanges.jsonl", rows),
        write_csv(tmp_path / "accounts.csv", [{"account_id": "a", "signup_ip": "10.9.9.9"}]),
        write_csv(
            tmp_path / "payments.csv", [{"account_id": "a", "instrument_fingerprint": "card"}]
        ),
        write_csv(
            tmp_path / "api_keys.csv",
            [{"api_key_id": "k2", "account_id": "a", "created_at": "2026-01-01"}],
        ),
        write_csv(
            tmp_path / "sightings.csv",
            [{"account_id": "a", "ts": "2026-05-01", "ip": "10.0.0.1", "device_id": "d"}],
        ),
    )
    cursor = loaded.connection.execute("SELECT * FROM account_profile")
    names = [column[0] for column in cursor.description or []]
    profile = dict(zip(names, cursor.fetchall()[0], strict=True))
    gaps = [b - a for a, b in itertools.pairwise(minutes)]
    wanted = {
        "exchanges": 5, "active_days": 3, "sessions": 4, "input_tokens": 150, "output_tokens": 25,
        "cost_usd": 1.25, "out_in_ratio": 25 / 150, "one_turn_share": 0.75,
        "distinct_prompt_share": 0.8, "tool_share": 0.4, "error_share": 0.2, "stream_share": 0.8,
        "per_active_day": 5 / 3, "weekend_share": 0.4, "models": 1, "ips": 3, "user_agents": 1,
        "tls_fingerprints": 0, "devices": 1, "instruments": 1, "api_keys": 2,
        "median_gap_s": 60 * statistics.median(gaps),
        "gap_cv": statistics.pstdev(gaps) / statistics.mean(gaps),
        "median_input_tokens": 30.0, "median_output_tokens": 5.0,
        "hour_entropy": -(0.8 * math.log(0.8) + 0.2 * math.log(0.2)) / math.log(24),
        "first_ts": START, "last_ts": START + timedelta(days=2), "pct_exchanges": 0.0,
    }  # fmt: skip
    for name, value in wanted.items():
        assert profile[name] == (
            pytest.approx(value, abs=1e-6) if isinstance(value, float) else value
        ), name


def test_every_account_that_any_table_names_has_a_profile(load_files: Load, tmp_path: Path) -> None:
    loaded = load_files(
        write_csv(tmp_path / "exchanges.csv", [_exchange("e", 0)]),
        write_csv(tmp_path / "accounts.csv", [{"account_id": "idle", "plan": "free"}]),
        write_csv(tmp_path / "payments.csv", [{"account_id": "p", "amount_minor": 1}]),
        write_csv(tmp_path / "sightings.csv", [{"account_id": "s", "ts": "", "ip": "1.1.1.1"}]),
    )
    assert loaded.rows("SELECT account_id, exchanges, pct_exchanges FROM account_profile") == [
        ("e", 1, 0.0), ("idle", 0, None), ("p", 0, None), ("s", 0, None),
    ]  # fmt: skip


def test_profiles_do_not_depend_on_how_accounts_are_cut(
    load_files: Load, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [
        _exchange(f"a{n % 13}", n * 7.5, input_tokens=n, session_id=f"s{n // 4}", ip=f"i{n % 5}")
        for n in range(500)
    ]
    path = write_csv(tmp_path / "exchanges.csv", rows)
    whole = load_files(path).digest("account_profile")
    assert len(whole) == 13
    monkeypatch.setattr(build_tables, "_PROFILE_CHUNK_ROWS", 60)
    assert load_files(path).digest("account_profile") == whole


def test_ranks_are_shares_of_the_active_accounts_below(load_files: Load, tmp_path: Path) -> None:
    rows = [_exchange(f"a{n}", minute) for n in range(5) for minute in range(n + 1)]
    loaded = load_files(write_csv(tmp_path / "exchanges.csv", rows))
    assert loaded.rows("SELECT pct_exchanges FROM account_profile ORDER BY exchanges") == [
        (0.0,), (0.25,), (0.5,), (0.75,), (1.0,),
    ]  # fmt: skip


def test_odd_values_load_and_are_warned_about(load_files: Load, tmp_path: Path) -> None:
    rows = [
        _exchange("a", 0, exchange_id="1", input_tokens=-5, latency_ms=-1, cost_usd=1),
        _exchange("a", 1, exchange_id="1", latency_ms=90_000_000),
        _exchange("b", 0, exchange_id="2") | {"ts": "1970-01-01T00:00:01"},
        _exchange("b", 0, exchange_id="3") | {"ts": "2999-01-01"},
        *[_exchange("b", n, exchange_id=f"x{n}") for n in range(3000)],
        *[_exchange("b", n + 3 * 1440 * 2, exchange_id=f"y{n}") for n in range(3000)],
    ]
    loaded = load_files(
        write_jsonl(tmp_path / "exchanges.jsonl", rows),
        write_csv(
            tmp_path / "accounts.csv",
            [{"account_id": "a", "created_at": START + timedelta(seconds=30)}] * 2,
        ),
    )
    assert loaded.rejects == []
    found = loaded.rows(
        "SELECT table_name, column_name, code, rows FROM load_warnings ORDER BY ALL"
    )
    assert found == [
        ("accounts", "account_id", "duplicate_id", 1),
        ("exchanges", "account_id", "one_account", 6002),
        ("exchanges", "account_id", "unknown_account", 6002),
        ("exchanges", "exchange_id", "duplicate_id", 2),
        ("exchanges", "input_tokens", "negative", 1),
        ("exchanges", "latency_ms", "negative", 1),
        ("exchanges", "latency_ms", "over_a_day", 1),
        ("exchanges", "ts", "before_2015", 1),
        ("exchanges", "ts", "before_account", 1),
        ("exchanges", "ts", "in_the_future", 1),
        ("exchanges", "ts", "missing_days", 3),
    ]


def test_tables_that_disagree_about_accounts_are_warned_about(
    load_files: Load, tmp_path: Path
) -> None:
    """A table whose times are of another zone shows by what happened before accounts were made."""
    made = [{"account_id": f"a{n}", "created_at": START} for n in range(9)]
    paid = [
        {"account_id": f"a{n}", "ts": START + timedelta(minutes=shift), "amount_minor": 5}
        for n, shift in enumerate((-300, -300, -4, 0, 7))
    ]
    seen = [{"account_id": f"x{n % 2}", "ts": START, "ip": "192.0.2.1"} for n in range(5)]
    loaded = load_files(
        write_csv(tmp_path / "accounts.csv", made),
        write_csv(tmp_path / "payments.csv", paid),
        write_csv(tmp_path / "sightings.csv", seen),
    )
    asked = "SELECT table_name, code, rows, message FROM load_warnings ORDER BY ALL"
    assert loaded.rows(asked) == [
        ("payments", "before_account", 2,
         "Payments well before their account was created: often times of another zone."),
        ("sightings", "unknown_account", 5,
         "Sightings of 2 accounts that are not in accounts."),
    ]  # fmt: skip


def test_fillers_in_counts_are_left_out_of_sums(load_files: Load, tmp_path: Path) -> None:
    """The largest integer stands for nothing in many an export; two of it overflow a sum."""
    largest = 2**63 - 1
    rows = [
        _exchange("a", n, input_tokens=tokens, output_tokens=-tokens - 1)
        for n, tokens in enumerate((largest, 7, largest, largest))
    ]
    loaded = load_files(write_jsonl(tmp_path / "exchanges.jsonl", rows))
    assert loaded.rejects == []
    assert loaded.rows("SELECT max(input_tokens), min(output_tokens) FROM exchanges") == [
        (largest, -largest - 1)
    ]
    assert loaded.rows("SELECT input_tokens, output_tokens FROM account_profile") == [(7, -8)]
    assert loaded.rows("SELECT column_name, rows FROM load_warnings WHERE code = 'too_large'") == [
        ("input_tokens", 3), ("output_tokens", 3),
    ]  # fmt: skip


def test_prompts_cut_at_one_length_are_warned_about(load_files: Load, tmp_path: Path) -> None:
    def warned(prompts: list[str]) -> list[tuple[object, ...]]:
        rows = [_exchange("a", n, prompt=prompt) for n, prompt in enumerate(prompts)]
        loaded = load_files(write_jsonl(tmp_path / "exchanges.jsonl", rows))
        return loaded.rows(
            "SELECT column_name, rows, example FROM load_warnings WHERE code = 'cut_prompts'"
        )

    asked = [f"{n} questions {'of many words ' * n}" for n in range(40)]
    assert warned(asked) == []
    assert warned([prompt[:60] for prompt in asked]) == [("prompt_chars", 36, "60")]
    # One exercise that many send is the longest prompt, and whole.
    assert warned([*asked, *[max(asked, key=len) + "!"] * 40]) == []


def test_presence_tells_missing_columns_from_empty_ones(load_files: Load, tmp_path: Path) -> None:
    path = write_csv(tmp_path / "exchanges.csv", [_exchange("a", 0, ip=None, prompt="p")])
    loaded = load_files(path)
    found = {
        row[0]: row[1:]
        for row in loaded.rows(
            "SELECT column_name, present, non_null FROM column_presence "
            "WHERE table_name = 'exchanges'"
        )
    }
    assert found["ip"] == (True, 0)
    assert found["user_agent"] == (False, 0)
    assert found["prompt_hash"] == (True, 1)
    assert found["model"] == (True, 1)
