"""What a mapping takes out of a cell: texts of request bodies, hashes, counts, addresses."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.intake.conftest import Load, Row, write_csv, write_jsonl, write_parquet
from workbench.errors import UsageError
from workbench.intake.mapping import parse_mapping

TALK: list[Row] = [
    {"role": "system", "content": "be brief"},
    {"role": "user", "content": "first"},
    {"role": "assistant", "content": "yes?"},
    {"role": "user", "content": [{"type": "text", "text": "one"}, {"type": "image"},
                                 {"type": "text", "text": "two"}]},
]  # fmt: skip
TOOL = {"role": "user", "content": [{"type": "tool_result", "content": "42"}]}
PARTS = [{"role": "user", "parts": [{"type": "text", "content": "span"}]}]
GEMINI = {"contents": [{"role": "user", "parts": [{"text": "g"}]}],
          "systemInstruction": {"parts": [{"text": "gs"}]}}  # fmt: skip


@pytest.mark.parametrize(
    ("cell", "user", "system"),
    [
        (TALK, "one\ntwo", "be brief"),
        ({"messages": TALK}, "one\ntwo", "be brief"),
        ({"messages": TALK[1:2], "system": [{"type": "text", "text": "s"}]}, "first", "s"),
        ([*TALK[:2], TOOL], "first", "be brief"),
        ([{"role": "developer", "content": "dev"}, *TALK], "one\ntwo", "dev\nbe brief"),
        ([*TALK, {"role": "system", "content": "late"}], "one\ntwo", "be brief"),
        ({"input": "hi", "instructions": "obey"}, "hi", "obey"),
        ({"input": TALK}, "one\ntwo", "be brief"),
        ({"prompt": "p"}, "p", None),
        (PARTS, "span", None),
        (GEMINI, "g", "gs"),
        ([{"type": "text", "text": "bare"}], "bare", None),
        ([{"type": "text", "content": "bare"}], "bare", None),
        # No body: the text itself, which is the prompt's where both are taken from one cell.
        ("plain", "plain", None),
        ("[tag] plain", "[tag] plain", None),
        ("{broken", "{broken", None),
        # What is not understood is no text: it is counted.
        ('{"x":1}', None, None),
        ("{}", None, None),
        ("[]", None, None),
    ],
)
def test_texts_of_a_request(
    load_files: Load, tmp_path: Path, cell: Any, user: str | None, system: str | None
) -> None:
    mapping = """[exchanges]
    prompt = { from = "body", take = "user" }
    system_prompt = { from = "body", take = "system" }
    """
    text = cell if isinstance(cell, str) else json.dumps(cell, separators=(",", ":"))
    row: Row = {"account_id": "a", "ts": "2026-05-01", "model": "m"}
    found = "SELECT prompt, system_prompt FROM exchange_rows"
    as_text = load_files(write_csv(tmp_path / "exchanges.csv", [row | {"body": text}]),
                         mapping=mapping)  # fmt: skip
    assert as_text.rows(found) == [(user, system)]
    as_json = load_files(write_jsonl(tmp_path / "exchanges.jsonl", [row | {"body": cell}]),
                         mapping=mapping)  # fmt: skip
    assert as_json.rows(found) == [(user, system)]
    assert as_json.rejects == as_text.rejects == []


@pytest.mark.parametrize(
    "cell",
    [
        {"choices": [{"message": {"role": "assistant", "content": "A"}}]},
        [{"message": {"content": "A"}}],
        {"content": [{"type": "thinking", "thinking": "h"}, {"type": "text", "text": "A"}]},
        [{"type": "text", "text": "A"}],
        {"output": [{"type": "message", "content": [{"type": "output_text", "text": "A"}]}]},
        {"candidates": [{"content": {"parts": [{"text": "A"}]}}]},
        {"role": "assistant", "content": "A"},
        [{"role": "assistant", "parts": [{"type": "text", "content": "A"}]}],
        {"choices": [{"text": "A"}]},
        "A",
    ],
)
def test_texts_of_an_answer(load_files: Load, tmp_path: Path, cell: Any) -> None:
    row: Row = {"account_id": "a", "ts": "2026-05-01", "model": "m", "reply": cell}
    loaded = load_files(
        write_jsonl(tmp_path / "exchanges.jsonl", [row]),
        mapping='[exchanges]\nresponse = { from = "reply", take = "answer" }\n',
    )
    assert loaded.rows("SELECT response FROM exchange_rows") == [("A",)]


def test_several_answers_are_kept_together(load_files: Load, tmp_path: Path) -> None:
    reply = {"choices": [{"message": {"content": "A"}}, {"message": {"content": "B"}}]}
    pieces = [{"delta": {"text": "C"}}, {"delta": {"text": "D"}}]
    rows: list[Row] = [
        {"account_id": name, "ts": "2026-05-01", "model": "m", "reply": cell}
        for name, cell in (("a", reply), ("b", pieces))
    ]
    loaded = load_files(
        write_jsonl(tmp_path / "exchanges.jsonl", rows),
        mapping='[exchanges]\nresponse = { from = "reply", take = "answer" }\n',
    )
    assert loaded.rows("SELECT response FROM exchange_rows") == [("A\nB",), ("CD",)]


def test_hashes_and_counts(load_files: Load, tmp_path: Path) -> None:
    tools = [{"name": "t"}, {"name": "u"}]
    rows: list[Row] = [
        {"account_id": "a", "ts": "2026-05-01", "model": "m", "tools": tools, "talk": TALK},
        {"account_id": "b", "ts": "2026-05-01", "model": "m", "tools": tools, "talk": "7"},
        {"account_id": "c", "ts": "2026-05-01", "model": "m", "tools": [], "talk": None},
        {"account_id": "d", "ts": "2026-05-01", "model": "m", "tools": None, "talk": {}},
        {"account_id": "e", "ts": "2026-05-01", "model": "m", "tools": None, "talk": {"x": 1}},
    ]
    mapping = """[exchanges]
    tools_hash = { from = "tools", take = "hash" }
    n_tools = { from = "tools", take = "count" }
    n_messages = { from = "talk", take = "count" }
    """
    loaded = load_files(write_jsonl(tmp_path / "exchanges.jsonl", rows), mapping=mapping)
    found = loaded.rows("SELECT tools_hash, n_tools, n_messages FROM exchanges ORDER BY account_id")
    assert found[0][0] == found[1][0]
    assert len(found[0][0]) == 24
    assert [row[1:] for row in found] == [(2, 4), (2, 7), (0, None), (None, None)]
    assert found[2][0] is None
    [reject] = loaded.rejects
    assert (reject["reason"], reject["column"]) == ("not_a_number", "n_messages")


def test_lists_of_parquet(load_files: Load, tmp_path: Path) -> None:
    rows: list[Row] = [{"account_id": "a", "ts": "2026-05-01", "model": "m", "talk": TALK[:2]}]
    types = dict.fromkeys(rows[0], "VARCHAR")
    types["talk"] = "STRUCT(role VARCHAR, content VARCHAR)[]"
    mapping = """[exchanges]
    prompt = { from = "talk", take = "user" }
    n_messages = { from = "talk", take = "count" }
    """
    loaded = load_files(write_parquet(tmp_path / "exchanges.parquet", rows, types), mapping=mapping)
    assert loaded.rows("SELECT prompt, n_messages FROM exchange_rows") == [("first", 2)]


@pytest.mark.parametrize(
    ("cell", "address"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("192.0.2.7:51234", "192.0.2.7"),
        (" 192.0.2.7, 10.0.0.1", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("[2001:db8::4]:443", "2001:db8::4"),
        ("2001:db8::4", "2001:db8::4"),
        ("2001:db8::4, 192.0.2.7", "2001:db8::4"),
        ("192.0.2.***", None),
        ("unix:", "unix:"),
    ],
)
def test_addresses(load_files: Load, tmp_path: Path, cell: str, address: str) -> None:
    row: Row = {"account_id": "a", "ts": "2026-05-01", "model": "m", "peer": cell}
    loaded = load_files(
        write_csv(tmp_path / "exchanges.csv", [row]),
        mapping='[exchanges]\nip = { from = "peer", take = "address" }\n',
    )
    assert loaded.rows("SELECT ip FROM exchanges") == [(address,)]


def test_what_should_be_taken_is_told(load_files: Load, tmp_path: Path) -> None:
    row: Row = {"account_id": "a", "ts": "2026-05-01", "model": "m"}
    odd = row | {"prompt": TALK, "response": {"choices": []}, "ip": "192.0.2.7:80"}
    warned = dict(
        load_files(write_jsonl(tmp_path / "exchanges.jsonl", [row, odd])).rows(
            "SELECT code, message FROM load_warnings"
        )
    )
    assert 'prompt = { from = "prompt", take = "user" }' in warned["body"]
    assert 'response = { from = "response", take = "answer" }' in warned["body"]
    assert "system_prompt" not in warned["body"]
    assert 'ip = { from = "ip", take = "address" }' in warned["not_one_address"]
    plain = row | {"prompt": "[tag] {say} role", "ip": "2001:db8::4"}
    quiet = load_files(write_jsonl(tmp_path / "exchanges-2.jsonl", [plain]))
    assert quiet.rows("SELECT count(*) FROM load_warnings WHERE code IN ('body', 'not_one_address')"
                      ) == [(0,)]  # fmt: skip


@pytest.mark.parametrize(
    "rule",
    ["prompt = { from = 'x', take = 'usr' }", "n_tools = { from = 'x', take = 'hash' }",
     "prompt = { from = 'x', take = 'count' }", "ts = { from = 'x', take = 'user' }"],
)  # fmt: skip
def test_what_cannot_be_taken_is_refused(rule: str) -> None:
    with pytest.raises(UsageError, match="cannot be taken"):
        parse_mapping(f"[exchanges]\n{rule}\n")


def test_system_prompts_are_hashed_where_no_hash_was_given(
    load_files: Load, tmp_path: Path
) -> None:
    """The link family of system prompts knows the hash only."""
    rows: list[Row] = [
        {"account_id": name, "ts": "2026-05-01", "system_prompt": text, "system_prompt_hash": given}
        for name, text, given in (
            ("a", "be brief", None), ("b", "be brief", ""), ("c", "be brief", "own"),
            ("d", "be long", None), ("e", "", None), ("f", None, "alone"),
        )
    ]  # fmt: skip
    loaded = load_files(write_jsonl(tmp_path / "exchanges.jsonl", rows))
    found = [row[0] for row in loaded.rows("SELECT system_prompt_hash FROM exchanges")]
    assert found[0] == found[1]
    assert len({*found[:4]}) == 3
    assert found[2:3] + found[4:] == ["own", None, "alone"]
