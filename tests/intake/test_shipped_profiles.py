"""Every shipped mapping profile loads a record of the source that it is named for."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from tests.intake.conftest import Load, write_jsonl
from tests.intake.vendor_records import EXPORTS
from workbench.errors import WorkbenchError
from workbench.intake.mapping import parse_mapping, shipped_profiles
from workbench.intake.recognise import ProposalNeeded

AT = datetime(2026, 5, 1, 12, 30, 15)  # noqa: DTZ001
ISO = "2026-05-01T12:30:15Z"
EXCHANGE = "SELECT exchange_id, account_id, ts, model, input_tokens, output_tokens, latency_ms "

# A record as the source writes it, and (exchange_id, account_id, ts, model, tokens in and out, ms).
RECORDS: dict[str, tuple[dict[str, Any], tuple[object, ...]]] = {
    "litellm": (
        {"request_id": "r", "user": "u", "startTime": ISO, "model": "m", "prompt_tokens": 5,
         "completion_tokens": 7, "request_duration_ms": 90, "api_key": "k", "spend": 0.5,
         "call_type": "acompletion", "session_id": "s", "requester_ip_address": "192.0.2.7",
         "messages": [{"role": "user", "content": "hello"}], "response": {}, "status": "success"},
        ("r", "u", AT, "m", 5, 7, 90),
    ),
    "bedrock": (
        {"schemaType": "ModelInvocationLog", "timestamp": ISO, "requestId": "r", "modelId": "m",
         "identity": {"arn": "arn:aws:iam::1:user/u"}, "operation": "InvokeModel",
         "input": {"inputTokenCount": 5, "inputBodyJson": {"messages": []}},
         "output": {"outputTokenCount": 7, "outputBodyJson": [{"type": "delta"}]}},
        ("r", "arn:aws:iam::1:user/u", AT, "m", 5, 7, None),
    ),
    "azure": (
        {"time": "2026-05-01T12:30:15.0000000Z", "correlationId": "r", "resourceId": "u",
         "operationName": "ChatCompletions_Create", "durationMs": 90, "resultSignature": "200",
         "callerIpAddress": "192.0.2.***", "properties": {"modelName": "m"}},
        ("r", "u", AT, "m", None, None, 90),
    ),
    "langfuse": (
        {"id": "r", "user_id": "u", "start_time": "2026-05-01 12:30:15", "session_id": "s",
         "provided_model_name": "m", "usage_details": {"input": 5, "output": 7},
         "latency": 0.09, "time_to_first_token": 0.02, "total_cost": 0.5, "input": "hello",
         "output": "hi"},
        ("r", "u", AT, "m", 5, 7, 90),
    ),
    "helicone": (
        {"request_id": "r", "user_id": "u", "request_created_at": ISO, "request_model": "m",
         "prompt_tokens": 5, "completion_tokens": 7, "latency": 90, "status": 200, "cost": 0.5,
         "properties": {"Helicone-Session-Id": "s"}},
        ("r", "u", AT, "m", 5, 7, 90),
    ),
    "cloudflare": (
        {"id": "r", "created_at": ISO, "model": "m", "request_type": "chat", "tokens_in": 5,
         "tokens_out": 7, "duration": 90, "status_code": 200, "cost": 0.5,
         "metadata": {"user_id": "u"}},
        ("r", "u", AT, "m", 5, 7, 90),
    ),
    "one-api": (
        {"id": 3, "user_id": 12, "created_at": 1777638615, "type": 2, "token_name": "k",
         "model_name": "m", "prompt_tokens": 5, "completion_tokens": 7, "use_time": 2,
         "is_stream": 1, "ip": "192.0.2.7"},
        ("3", "12", AT, "m", 5, 7, 2000),
    ),
    "otel": (
        {"gen_ai.response.id": "r", "enduser.id": "u", "startTimeUnixNano": "1777638615000000000",
         "gen_ai.response.model": "m", "gen_ai.usage.input_tokens": 5,
         "gen_ai.usage.output_tokens": 7, "gen_ai.operation.name": "chat"},
        ("r", "u", AT, "m", 5, 7, None),
    ),
    "ecs": (
        {"@timestamp": ISO, "user": {"id": "u"}, "http": {"request": {"id": "r"},
         "response": {"status_code": 200}}, "event.duration": 90_000_000,
         "gen_ai": {"request": {"model": "m"},
                    "usage": {"prompt_tokens": 5, "completion_tokens": 7}},
         "source": {"ip": "192.0.2.7"}},
        ("r", "u", AT, "m", 5, 7, 90),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", RECORDS)
def test_a_record_of_the_source_is_loaded(load_files: Load, tmp_path: Path, name: str) -> None:
    record, expected = RECORDS[name]
    path = write_jsonl(tmp_path / f"out-{name}.jsonl", [record])
    loaded = load_files(path, mapping=shipped_profiles()[name])
    assert loaded.rejects == []
    assert loaded.rows(f"{EXCHANGE} FROM exchanges") == [expected]


def test_a_field_that_is_empty_gives_way_to_the_next(load_files: Load, tmp_path: Path) -> None:
    spend = RECORDS["litellm"][0]
    key = {"user_api_key_user_id": "owner"}
    rows = [
        {**spend, "request_id": "1", "user": "", "metadata": key, "end_user": "caller"},
        {**spend, "request_id": "2", "user": "", "metadata": {}, "end_user": "caller"},
        {**spend, "request_id": "3", "metadata": key},
        {**spend, "request_id": "4", "user": "", "end_user": None, "team_id": "team"},
    ]
    path = write_jsonl(tmp_path / "spend.jsonl", rows)
    loaded = load_files(path, mapping=shipped_profiles()["litellm"])
    assert loaded.rows("SELECT account_id FROM exchanges ORDER BY exchange_id") == [
        ("owner",), ("caller",), ("u",),
    ]  # fmt: skip
    assert [reject["reason"] for reject in loaded.rejects] == ["missing_required"]
    span = {name: value for name, value in RECORDS["otel"][0].items() if "usage" not in name}
    span |= {"gen_ai.usage.prompt_tokens": 5, "gen_ai.usage.completion_tokens": 7}
    path = write_jsonl(tmp_path / "spans.jsonl", [span])
    loaded = load_files(path, mapping=shipped_profiles()["otel"])
    assert loaded.rows(f"{EXCHANGE} FROM exchanges") == [RECORDS["otel"][1]]


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("litellm", {"messages": [{"role": "user", "content": "hello"}]}),
        ("litellm", {"messages": "{}", "proxy_server_request": json.dumps(
            {"messages": [{"role": "user", "content": "hello"}]})}),
        ("bedrock", {"input": {"inputBodyJson": {"messages": [
            {"role": "user", "content": [{"type": "text", "text": "hello"}]}]}}}),
        ("helicone", {"request_body": {"messages": [{"role": "user", "content": "hello"}]}}),
        ("langfuse", {"input": [{"role": "user", "content": "hello"}]}),
        ("langfuse", {"input": "hello"}),
        ("otel", {"gen_ai.input.messages": [
            {"role": "user", "parts": [{"type": "text", "content": "hello"}]}]}),
    ],
)  # fmt: skip
def test_prompts_are_what_the_user_asked(
    load_files: Load, tmp_path: Path, name: str, body: dict[str, Any]
) -> None:
    path = write_jsonl(tmp_path / "out.jsonl", [RECORDS[name][0] | body])
    loaded = load_files(path, mapping=shipped_profiles()[name])
    assert loaded.rows("SELECT prompt, prompt_head FROM exchange_rows") == [("hello", "hello")]


def test_charges_are_loaded(load_files: Load, tmp_path: Path) -> None:
    card = {"fingerprint": "f", "iin": "424242", "funding": "prepaid", "country": "DE"}
    charge = {"id": "ch_1", "customer": "u", "created": 1777638615, "card": card,
              "amount": 1500, "currency": "usd", "status": "succeeded"}  # fmt: skip
    path = write_jsonl(tmp_path / "charges.jsonl", [charge])
    loaded = load_files(path, mapping=shipped_profiles()["stripe"])
    sql = "SELECT account_id, ts, instrument_fingerprint, bin, amount_minor FROM payments"
    assert loaded.rows(sql) == [("u", AT, "f", "424242", 1500)]


def test_every_profile_is_tried_and_tells_what_it_maps() -> None:
    profiles = shipped_profiles()
    tried = {*RECORDS, "stripe", "azure-apim"}  # the last by the export “azure gateway”
    others = [name.replace("-", " ") for name in profiles if name not in tried]
    assert [one for one in others if not any(name.startswith(one) for name in EXPORTS)] == []
    for text in profiles.values():
        assert text.startswith("# ")
        assert parse_mapping(text).tables


def test_fields_with_other_names_lead_to_the_profile_that_fits(
    load_files: Load, tmp_path: Path
) -> None:
    path = write_jsonl(tmp_path / "out.jsonl", [RECORDS["litellm"][0]])
    loaded = load_files(path)
    assert loaded.rows(f"{EXCHANGE} FROM exchanges") == [RECORDS["litellm"][1]]
    said = loaded.rows("SELECT message FROM load_warnings WHERE code = 'profile_chosen'")
    assert "litellm" in said[0][0]


def test_fields_that_no_profile_knows_lead_to_an_example(load_files: Load, tmp_path: Path) -> None:
    path = write_jsonl(tmp_path / "exchanges.jsonl", [{"who": "u", "when": ISO}])
    with pytest.raises(WorkbenchError) as caught:
        load_files(path)
    assert 'account_id = "who"' in caught.value.hint
    assert "workbench mappings" in caught.value.hint


def test_what_no_mark_tells_is_proposed_and_no_profile_advised(
    load_files: Load, tmp_path: Path
) -> None:
    """Fields that any product may have are none's by themselves."""
    people = {"user_id": "u", "user_email": "u@one.io", "organization_id": "o", "created_at": ISO}
    with pytest.raises(WorkbenchError) as caught:
        load_files(write_jsonl(tmp_path / "out.jsonl", [people]))
    assert "--map" in caught.value.hint
    assert "litellm" not in caught.value.hint
    with pytest.raises(ProposalNeeded) as proposed:
        load_files(write_jsonl(tmp_path / "LiteLLM_UserTable.jsonl", [people]))
    assert 'account_id = "user_id"' in proposed.value.toml
    table = shipped_profiles()["litellm"]
    loaded = load_files(tmp_path / "LiteLLM_UserTable.jsonl", mapping=table)
    assert loaded.rows("SELECT account_id, org_id FROM accounts") == [("u", "o")]
