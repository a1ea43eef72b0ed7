"""One export of every kind that a shipped profile is for, in the shape that its document shows.

Values are invented. Each names the public document that the fields follow, the file as it comes,
and what must arrive in which table. The names were written down from knowledge of these documents;
they are not yet compared with them field by field.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

ISO = "2026-05-01T12:30:15Z"
AT = "2026-05-01 12:30:15"
EPOCH = 1777638615
TALK = [{"role": "system", "content": "be brief"}, {"role": "user", "content": "ask me"}]
REQUEST = {"model": "m-1", "messages": TALK, "max_tokens": 64, "temperature": 0.5}
ANSWER = {
    "id": "chatcmpl-1", "object": "chat.completion", "model": "m-1",
    "choices": [{"index": 0, "finish_reason": "stop",
                 "message": {"role": "assistant", "content": "the answer"}}],
    "usage": {"prompt_tokens": 5, "completion_tokens": 7, "total_tokens": 12},
}  # fmt: skip
TEXTS = {"prompt": "ask me", "system_prompt": "be brief", "response": "the answer"}
TOKENS = {"input_tokens": 5, "output_tokens": 7}


@dataclass(frozen=True)
class Export:
    """`content` is what the file holds; `wanted` what its first record must become."""

    document: str
    file: str
    content: str
    table: str
    wanted: dict[str, Any] = field(default_factory=dict)
    rows: int = 1


def lines(*records: dict[str, Any]) -> str:
    """One object a line."""
    return "".join(json.dumps(record) + "\n" for record in records)


def attributes(given: dict[str, Any]) -> list[dict[str, Any]]:
    """Attributes as OTLP JSON lists them."""
    found = []
    for key, value in given.items():
        kind = {bool: "boolValue", int: "intValue", float: "doubleValue"}.get(
            type(value), "stringValue"
        )
        shown = str(value) if kind == "intValue" else value
        if isinstance(value, list):
            kind, shown = "arrayValue", {"values": [{"stringValue": one} for one in value]}
        found.append({"key": key, "value": {kind: shown}})
    return found


_GENAI = {
    "gen_ai.operation.name": "chat", "gen_ai.provider.name": "openai",
    "gen_ai.request.model": "m", "gen_ai.response.model": "m-1", "gen_ai.response.id": "r1",
    "gen_ai.conversation.id": "s1", "gen_ai.usage.input_tokens": 5,
    "gen_ai.usage.output_tokens": 7, "gen_ai.usage.cache_read.input_tokens": 2,
    "gen_ai.response.finish_reasons": ["stop"], "gen_ai.request.max_tokens": 64,
    "enduser.id": "u1", "client.address": "192.0.2.7", "user_agent.original": "sdk/1.0",
    "gen_ai.system_instructions": json.dumps([{"type": "text", "content": "be brief"}]),
    "gen_ai.input.messages": json.dumps(
        [{"role": "user", "parts": [{"type": "text", "content": "ask me"}]}]),
    "gen_ai.output.messages": json.dumps(
        [{"role": "assistant", "parts": [{"type": "text", "content": "the answer"}]}]),
}  # fmt: skip
_NANOS = f"{EPOCH}000000000"
_SPAN = {
    "traceId": "a" * 32, "spanId": "b" * 16, "name": "chat m", "kind": 3,
    "startTimeUnixNano": _NANOS, "endTimeUnixNano": f"{EPOCH}900000000", "status": {},
}  # fmt: skip
_CALL = {"exchange_id": "r1", "account_id": "u1", "ts": AT, "model": "m-1", **TOKENS}
_SEEN = {"ip": "192.0.2.7", "user_agent": "sdk/1.0"}

EXPORTS: dict[str, Export] = {
    "otel traces": Export(
        "OpenTelemetry GenAI semantic conventions 1.38, OTLP/JSON 1.7 (opentelemetry.io)",
        "traces.json",
        json.dumps({"resourceSpans": [{
            "resource": {"attributes": attributes({"service.name": "gw"})},
            "scopeSpans": [{"scope": {"name": "gw"},
                            "spans": [_SPAN | {"attributes": attributes(_GENAI)}]}]}]}),
        "exchanges",
        _CALL | _SEEN | TEXTS | {"session_id": "s1", "cached_tokens": 2, "latency_ms": 900,
                                 "finish_reason": "stop", "max_tokens": 64},
    ),
    "otel flattened": Export(
        "OpenTelemetry GenAI semantic conventions 1.38 (opentelemetry.io)", "spans.jsonl",
        lines(_SPAN | _GENAI), "exchanges", _CALL | _SEEN | TEXTS | {"latency_ms": 900},
    ),
    "otel older names": Export(
        "OpenTelemetry GenAI semantic conventions 1.27; OpenLLMetry 0.33 span attributes",
        "spans.jsonl",
        lines(_SPAN | {"attributes": attributes({
            "gen_ai.system": "openai", "gen_ai.request.model": "m", "gen_ai.response.model": "m-1",
            "gen_ai.usage.prompt_tokens": 5, "gen_ai.usage.completion_tokens": 7,
            "gen_ai.prompt.0.role": "user", "gen_ai.prompt.0.content": "ask me",
            "gen_ai.completion.0.content": "the answer",
            "traceloop.association.properties.user_id": "u1"})}),
        "exchanges",
        {"account_id": "u1", "ts": AT, "model": "m-1", **TOKENS, "prompt": "ask me",
         "response": "the answer"},
    ),
    "otel logs": Export(
        "OpenTelemetry GenAI events 1.38, OTLP/JSON logs (opentelemetry.io)", "logs.json",
        json.dumps({"resourceLogs": [{
            "resource": {"attributes": attributes({"service.name": "gw"})},
            "scopeLogs": [{"scope": {}, "logRecords": [{
                "timeUnixNano": _NANOS, "eventName": "gen_ai.client.inference.operation.details",
                "attributes": attributes(_GENAI)}]}]}]}),
        "exchanges", _CALL | _SEEN | TEXTS,
    ),
    "otel console": Export(
        "OpenTelemetry Python SDK 1.30, ConsoleSpanExporter", "console.jsonl",
        lines({"name": "chat m", "context": {"trace_id": "0x1", "span_id": "0x2"},
               "kind": "SpanKind.CLIENT", "start_time": ISO, "end_time": "2026-05-01T12:30:15.9Z",
               "status": {"status_code": "UNSET"}, "attributes": _GENAI, "events": []}),
        "exchanges", _CALL | _SEEN | TEXTS | {"latency_ms": 900},
    ),
    "litellm spend logs": Export(
        "LiteLLM schema.prisma, LiteLLM_SpendLogs (v1.77)", "spend.jsonl",
        lines({"request_id": "r1", "call_type": "acompletion", "api_key": "k" * 64, "spend": 0.5,
               "total_tokens": 12, "prompt_tokens": 5, "completion_tokens": 7, "startTime": ISO,
               "endTime": "2026-05-01T12:30:15.9Z", "request_duration_ms": 900,
               "completionStartTime": ISO, "model": "m-1", "model_group": "m", "user": "u1",
               "end_user": "",
               "metadata": {"usage_object": {"prompt_tokens_details": {"cached_tokens": 2}}},
               "requester_ip_address": "192.0.2.7", "session_id": "s1", "status": "success",
               "messages": TALK, "response": ANSWER, "proxy_server_request": {}}),
        "exchanges",
        _CALL | TEXTS | {"ip": "192.0.2.7", "cost_usd": 0.5, "api_key_id": "k" * 64,
                         "latency_ms": 900, "cached_tokens": 2, "session_id": "s1"},
    ),
    "litellm second version": Export(
        "LiteLLM /spend/logs/v2, as in elastic/integrations packages/litellm", "v2.json",
        json.dumps({"data": [{
            "request_id": "r1", "call_type": "acompletion", "api_key": "k", "spend": 0.5,
            "prompt_tokens": 5, "completion_tokens": 7, "model": "m-1", "user": "default_user_id",
            "end_user": "u1", "metadata": {}, "start_time": ISO, "end_time": ISO,
            "requester_ip_address": "192.0.2.7", "status": "success"}], "total": 1, "page": 1}),
        "exchanges", _CALL | {"ip": "192.0.2.7"},
    ),
    "litellm payload": Export(
        "LiteLLM StandardLoggingPayload (docs.litellm.ai, logging_spec)", "payload.jsonl",
        lines({"id": "r1", "trace_id": "s1", "call_type": "acompletion", "stream": False,
               "response_cost": 0.5, "status": "success", "total_tokens": 12, "prompt_tokens": 5,
               "completion_tokens": 7, "startTime": EPOCH + 0.5, "endTime": EPOCH + 1.5,
               "completionStartTime": EPOCH + 0.75, "model": "m-1", "end_user": "u1",
               "metadata": {"user_api_key_hash": "k", "requester_ip_address": "192.0.2.7"},
               "messages": TALK, "response": ANSWER, "model_parameters": {"max_tokens": 64}}),
        "exchanges",
        {"exchange_id": "r1", "account_id": "u1", "model": "m-1", **TOKENS, **TEXTS,
         "ttft_ms": 250, "cost_usd": 0.5, "api_key_id": "k", "max_tokens": 64},
    ),
    "bedrock": Export(
        "Amazon Bedrock User Guide, Model invocation logging, schemaVersion 1.0", "bedrock.jsonl",
        lines({"schemaType": "ModelInvocationLog", "schemaVersion": "1.0", "timestamp": ISO,
               "accountId": "111111111111", "region": "us-east-1", "requestId": "r1",
               "identity": {"arn": "arn:aws:sts::111111111111:assumed-role/gw/u1"},
               "operation": "ConverseStream", "modelId": "m-1",
               "input": {"inputContentType": "application/json", "inputTokenCount": 5,
                         "inputBodyJson": {"messages": [{"role": "user",
                                                         "content": [{"text": "ask me"}]}],
                                           "system": [{"text": "be brief"}],
                                           "inferenceConfig": {"maxTokens": 64}}},
               "output": {"outputContentType": "application/json", "outputTokenCount": 7,
                          "outputBodyJson": {"output": {"message": {
                              "role": "assistant", "content": [{"text": "the answer"}]}},
                              "stopReason": "end_turn", "metrics": {"latencyMs": 900}}}}),
        "exchanges",
        {"exchange_id": "r1", "account_id": "arn:aws:sts::111111111111:assumed-role/gw/u1",
         "ts": AT, "model": "m-1", **TOKENS, **TEXTS, "max_tokens": 64, "latency_ms": 900,
         "finish_reason": "end_turn"},
    ),
    "azure requests": Export(
        "Azure Monitor, Azure OpenAI RequestResponse (learn.microsoft.com)", "requests.json",
        lines({"time": "2026-05-01T12:30:15.0000000Z", "resourceId": "/SUBSCRIPTIONS/X",
               "operationName": "ChatCompletions_Create", "category": "RequestResponse",
               "callerIpAddress": "192.0.2.***", "correlationId": "r1", "durationMs": 900,
               "resultSignature": "200",
               "properties": json.dumps({"modelName": "m-1", "objectId": "u1",
                                         "streamType": "Non-Streaming"})}),
        "exchanges",
        {"exchange_id": "r1", "account_id": "u1", "ts": AT, "model": "m-1", "latency_ms": 900,
         "status": 200, "ip": None},
    ),
    "azure gateway": Export(
        "Azure Monitor, API Management GatewayLogs (learn.microsoft.com)", "gateway.json",
        lines({"time": ISO, "category": "GatewayLogs", "correlationId": "r1", "durationMs": 900,
               "callerIpAddress": "192.0.2.7", "operationName": "GatewayLogs",
               "properties": {"responseCode": 200, "apimSubscriptionId": "u1",
                              "operationId": "ChatCompletions_Create",
                              "requestBody": json.dumps(REQUEST),
                              "responseBody": json.dumps(ANSWER)}}),
        "exchanges",
        _CALL | TEXTS | {"ip": "192.0.2.7", "status": 200, "latency_ms": 900},
    ),
    "vertex": Export(
        "Vertex AI, Log requests and responses: request_response_logging table",
        "vertex.jsonl",
        lines({"endpoint": "e", "deployed_model_id": "d", "logging_time": ISO, "request_id": 12,
               "api_method": "generateContent", "model": "m",
               "full_request": {"contents": [{"role": "user", "parts": [{"text": "ask me"}]}],
                                "systemInstruction": {"parts": [{"text": "be brief"}]},
                                "labels": {"user_id": "u1"}},
               "full_response": {"candidates": [{"content": {"role": "model",
                                                             "parts": [{"text": "the answer"}]},
                                                 "finishReason": "STOP"}],
                                 "usageMetadata": {"promptTokenCount": 5,
                                                   "candidatesTokenCount": 7},
                                 "modelVersion": "m-1"}}),
        "exchanges",
        {"exchange_id": "12", "account_id": "u1", "ts": AT, "model": "m-1", **TOKENS, **TEXTS,
         "finish_reason": "STOP"},
    ),
    "openai audit log": Export(
        "OpenAI API reference, List audit logs (platform.openai.com)", "audit.json",
        json.dumps({"object": "list", "data": [{
            "object": "organization.audit_log", "id": "a1", "type": "login.succeeded",
            "effective_at": EPOCH,
            "actor": {"type": "session", "session": {
                "user": {"id": "u1", "email": "u1@example.com"}, "ip_address": "192.0.2.7",
                "user_agent": "sdk/1.0", "ja3": "b" * 32,
                "ja4": "t13d1516h2_8daaf6152771_b0da82dd1658",
                "ip_address_details": {"country": "NL", "asn": "64500"}}}}], "has_more": False}),
        "sightings",
        {"account_id": "u1", "ts": AT, "kind": "login.succeeded", "ip": "192.0.2.7", "asn": 64500,
         "country": "NL", "user_agent": "sdk/1.0",
         "tls_fingerprint": "t13d1516h2_8daaf6152771_b0da82dd1658"},
    ),
    "openai stored completions": Export(
        "OpenAI API reference, List chat completions (platform.openai.com)", "stored.json",
        json.dumps({"object": "list", "data": [
            ANSWER | {"created": EPOCH, "metadata": {"user_id": "u1"}, "temperature": 0.5,
                      "request_id": "req_1"}], "has_more": False}),
        "exchanges",
        {"exchange_id": "chatcmpl-1", "account_id": "u1", "ts": AT, "model": "m-1", **TOKENS,
         "response": "the answer", "finish_reason": "stop"},
    ),
    "langfuse interface": Export(
        "Langfuse 3, export of observations out of the UI (langfuse.com)", "langfuse.jsonl",
        lines({"id": "r1", "traceId": "t1", "type": "GENERATION", "name": "chat", "startTime": ISO,
               "endTime": ISO, "userId": "u1", "sessionId": "s1", "model": "m-1",
               "modelParameters": {"temperature": "0.5"}, "input": TALK,
               "output": {"role": "assistant", "content": "the answer"},
               "usageDetails": {"input": 5, "output": 7, "total": 12}, "totalCost": 0.5,
               "latency": 0.9, "timeToFirstToken": 0.2},
              {"id": "r2", "traceId": "t1", "type": "SPAN", "name": "x", "startTime": ISO,
               "userId": "u1", "totalCost": 0, "input": "x"}),
        "exchanges",
        _CALL | TEXTS | {"session_id": "s1", "latency_ms": 900, "ttft_ms": 200, "cost_usd": 0.5,
                         "temperature": 0.5},
    ),
    "langfuse storage": Export(
        "Langfuse 3, blob storage export, observations_v2 (langfuse.com)", "observations.csv",
        "id,trace_id,type,start_time,provided_model_name,input,output,usage_details,total_cost,"
        "latency,time_to_first_token,user_id,session_id\n"
        "r1,t1,GENERATION,2026-05-01 12:30:15.000,m-1,ask me,the answer,"
        '"{""input"":5,""output"":7}",0.5,0.9,0.2,u1,s1\n',
        "exchanges",
        _CALL | {"prompt": "ask me", "system_prompt": None, "response": "the answer",
                 "latency_ms": 900, "ttft_ms": 200},
    ),
    "helicone": Export(
        "Helicone docs, Query Requests (docs.helicone.ai)", "helicone.json",
        json.dumps({"data": [{
            "request_id": "r1", "request_created_at": ISO, "request_body": REQUEST,
            "request_path": "/v1/chat/completions", "request_user_id": "u1",
            "request_properties": {"Helicone-Session-Id": "s1"}, "request_model": "m",
            "response_id": "x", "response_created_at": ISO, "response_status": 200,
            "response_body": ANSWER, "response_model": "m-1", "delay_ms": 900,
            "time_to_first_token": 200, "prompt_tokens": 5, "completion_tokens": 7,
            "total_tokens": 12, "provider": "OPENAI", "costUSD": 0.5}], "error": None}),
        "exchanges",
        _CALL | TEXTS | {"session_id": "s1", "latency_ms": 900, "ttft_ms": 200, "status": 200,
                         "cost_usd": 0.5},
    ),
    "portkey": Export(
        "Portkey docs, Logs export fields (portkey.ai)", "portkey.jsonl",
        lines({"id": "r1", "trace_id": "s1", "created_at": ISO, "ai_org": "openai",
               "ai_model": "m-1", "req_units": 5, "res_units": 7, "total_units": 12, "cost": 0.5,
               "cost_currency": "USD", "response_time": 900, "response_status_code": 200,
               "metadata": {"_user": "u1"}, "request": REQUEST, "response": ANSWER,
               "is_success": True, "request_url": "/v1/chat/completions"}),
        "exchanges",
        _CALL | TEXTS | {"latency_ms": 900, "status": 200, "cost_usd": 0.5},
    ),
    "cloudflare gateway": Export(
        "Cloudflare API, List Gateway Logs (developers.cloudflare.com)", "gateway.json",
        json.dumps({"success": True, "errors": [], "messages": [], "result": [{
            "id": "r1", "created_at": ISO, "provider": "openai", "model": "m-1",
            "model_type": "chat", "path": "chat/completions", "request_type": "chat",
            "success": True, "cached": False, "status_code": 200, "cost": 0.5, "tokens_in": 5,
            "tokens_out": 7, "duration": 900, "step": 0,
            "metadata": json.dumps({"user_id": "u1"})}],
            "result_info": {"page": 1}}),
        "exchanges", _CALL | {"latency_ms": 900, "status": 200, "cost_usd": 0.5},
    ),
    "kong": Export(
        "Kong Gateway 3.10, AI Proxy plugin log fields (developer.konghq.com)", "file-log.log",
        lines({"started_at": EPOCH * 1000, "client_ip": "192.0.2.7",
               "request": {"id": "r1", "uri": "/chat", "headers": {"user-agent": "sdk/1.0"}},
               "response": {"status": 200, "size": 8}, "latencies": {"request": 900, "proxy": 890},
               "consumer": {"custom_id": "u1", "username": "n"},
               "authenticated_entity": {"id": "k"},
               "ai": {"proxy": {"meta": {"request_model": "m", "response_model": "m-1"},
                                "usage": {"prompt_tokens": 5, "completion_tokens": 7, "cost": 0.5},
                                "payload": {"request": json.dumps(REQUEST),
                                            "response": json.dumps(ANSWER)}}}}),
        "exchanges",
        _CALL | _SEEN | TEXTS | {"api_key_id": "k", "latency_ms": 900, "status": 200,
                                 "cost_usd": 0.5},
    ),
    "openrouter": Export(
        "OpenRouter, activity export (openrouter.ai/docs)", "activity.csv",
        "generation_id,created_at,cost_total,tokens_prompt,tokens_completion,tokens_reasoning,"
        "tokens_cached,model_permaslug,provider_name,streamed,cancelled,user,generation_time_ms,"
        "time_to_first_token_ms,finish_reason_normalized,api_key_name\n"
        "r1,2026-05-01 12:30:15.000,0.5,5,7,3,2,m-1,OpenAI,true,false,u1,900,200,stop,k\n",
        "exchanges",
        _CALL | {"cost_usd": 0.5, "reasoning_tokens": 3, "cached_tokens": 2, "stream": True,
                 "latency_ms": 900, "ttft_ms": 200, "finish_reason": "stop", "api_key_id": "k"},
    ),
    "new-api": Export(
        "QuantumNous/new-api, model/log.go (v0.9)", "logs.jsonl",
        lines({"id": 1, "user_id": 12, "created_at": EPOCH, "type": 2, "content": "",
               "username": "n", "token_name": "t", "model_name": "m-1", "quota": 5000,
               "prompt_tokens": 5, "completion_tokens": 7, "use_time": 2, "is_stream": True,
               "channel": 5, "token_id": 9, "group": "default", "ip": "192.0.2.7",
               "other": json.dumps({"frt": 200, "cache_tokens": 2})},
              {"id": 2, "user_id": 12, "created_at": EPOCH, "type": 1, "username": "n",
               "token_name": "", "model_name": "", "quota": 9, "prompt_tokens": 0}),
        "exchanges",
        {"exchange_id": "1", "account_id": "12", "ts": AT, "model": "m-1", **TOKENS,
         "latency_ms": 2000, "ttft_ms": 200, "cached_tokens": 2, "ip": "192.0.2.7",
         "stream": True},
    ),
    "envoy gateway": Export(
        "Envoy AI Gateway 0.4, access logs (aigateway.envoyproxy.io)", "access.jsonl",
        lines({"start_time": ISO, "method": "POST", "x-envoy-origin-path": "/v1/chat/completions",
               "response_code": 200, "duration": 900, "x-request-id": "r1", "user-agent": "sdk/1.0",
               "x-forwarded-for": "192.0.2.7,10.0.0.1", "genai_model_name": "m-1",
               "genai_backend_name": "b", "genai_tokens_input": 5, "genai_tokens_output": 7,
               "x-user-id": "u1"}),
        "exchanges", _CALL | _SEEN | {"latency_ms": 900, "status": 200},
    ),
    "stripe charges": Export(
        "Stripe API reference, The Charge object (2025-09-30)", "charges.json",
        json.dumps({"object": "list", "url": "/v1/charges", "has_more": False, "data": [{
            "id": "ch_1", "object": "charge", "amount": 12900, "created": EPOCH, "currency": "usd",
            "customer": "cus_1", "metadata": {"user_id": "u1"}, "status": "succeeded",
            "billing_details": {"address": {"postal_code": "02139"}},
            "payment_method_details": {"type": "card", "card": {
                "fingerprint": "f1", "iin": "424242", "funding": "prepaid", "country": "US"}}}]}),
        "payments",
        {"payment_id": "ch_1", "account_id": "u1", "ts": AT, "instrument_fingerprint": "f1",
         "bin": "424242", "funding": "prepaid", "issuer_country": "US", "amount_minor": 12900,
         "currency": "usd", "status": "succeeded", "kind": "card", "postcode": "02139"},
    ),
    "stripe dashboard": Export(
        "Stripe docs, Export payments out of the dashboard (docs.stripe.com)", "payments.csv",
        "id,Created date (UTC),Amount,Amount Refunded,Currency,Status,Customer ID,"
        "Payment Source Type,Card Fingerprint,Card Funding,Card Issue Country,Card Address Zip,"
        "userid (metadata)\n"
        "ch_1,2026-05-01 12:30:15,129.00,0.00,usd,Paid,cus_1,card,f1,prepaid,US,02139,u1\n",
        "payments",
        {"payment_id": "ch_1", "account_id": "u1", "ts": AT, "instrument_fingerprint": "f1",
         "funding": "prepaid", "issuer_country": "US", "amount_minor": 12900,
         "status": "succeeded", "postcode": "02139"},
    ),
    "auth0 users": Export(
        "Auth0 docs, Bulk user exports (auth0.com)", "users.jsonl",
        lines({"user_id": "u1", "email": "u1@example.com", "email_verified": True,
               "created_at": ISO, "updated_at": ISO, "last_ip": "192.0.2.7", "logins_count": 3,
               "identities": [{"connection": "google", "provider": "google-oauth2"}],
               "app_metadata": {"plan": "pro"}}),
        "accounts",
        {"account_id": "u1", "created_at": AT, "email": "u1@example.com", "plan": "pro",
         "signup_ip": "192.0.2.7", "verified": True, "channel": "google"},
    ),
    "auth0 logs": Export(
        "Auth0 docs, Log data schema and log streams (auth0.com)", "logs.jsonl",
        lines({"log_id": "l1", "data": {
            "date": ISO, "type": "s", "connection": "db", "client_id": "c", "client_name": "app",
            "ip": "192.0.2.7", "user_agent": "sdk/1.0", "user_id": "u1", "log_id": "l1",
            "location_info": {"country_code": "NL"}}}),
        "sightings",
        {"account_id": "u1", "ts": AT, "kind": "s", "ip": "192.0.2.7", "country": "NL",
         "user_agent": "sdk/1.0"},
    ),
    "okta system log": Export(
        "Okta API, System Log, LogEvent (developer.okta.com)", "system-log.json",
        json.dumps([{
            "uuid": "x", "published": ISO, "eventType": "user.session.start", "version": "0",
            "actor": {"id": "u1", "type": "User", "alternateId": "u1@example.com"},
            "client": {"userAgent": {"rawUserAgent": "sdk/1.0", "os": "x"},
                       "ipAddress": "192.0.2.7", "device": "Computer",
                       "geographicalContext": {"country": "Netherlands"}},
            "securityContext": {"asNumber": 64500}, "outcome": {"result": "SUCCESS"}}]),
        "sightings",
        {"account_id": "u1", "ts": AT, "kind": "user.session.start", "ip": "192.0.2.7",
         "asn": 64500, "country": "Netherlands", "user_agent": "sdk/1.0"},
    ),
    "okta users": Export(
        "Okta API, List all users (developer.okta.com)", "users.json",
        json.dumps([{"id": "u1", "status": "ACTIVE", "created": ISO, "activated": ISO,
                     "statusChanged": ISO, "lastLogin": ISO,
                     "profile": {"login": "u1", "email": "u1@example.com", "countryCode": "NL"}}]),
        "accounts",
        {"account_id": "u1", "created_at": AT, "email": "u1@example.com", "status": "ACTIVE",
         "status_at": AT, "country": "NL"},
    ),
    "cognito users": Export(
        "Amazon Cognito API reference, ListUsers", "users.json",
        json.dumps({"Users": [{
            "Username": "n1", "UserCreateDate": "2026-05-01T12:30:15+00:00",
            "UserLastModifiedDate": "2026-05-01T12:30:15+00:00", "Enabled": True,
            "UserStatus": "CONFIRMED",
            "Attributes": [{"Name": "sub", "Value": "u1"},
                           {"Name": "email", "Value": "u1@example.com"},
                           {"Name": "email_verified", "Value": "true"}]}]}, indent=2),
        "accounts",
        {"account_id": "u1", "created_at": AT, "email": "u1@example.com", "status": "CONFIRMED",
         "verified": True},
    ),
    "workos users": Export(
        "WorkOS API reference, List users (workos.com)", "users.json",
        json.dumps({"object": "list", "data": [{
            "object": "user", "id": "u1", "email": "u1@example.com", "email_verified": True,
            "first_name": "A", "created_at": ISO, "updated_at": ISO, "external_id": None,
            "metadata": {}}], "list_metadata": {"after": None}}),
        "accounts",
        {"account_id": "u1", "created_at": AT, "email": "u1@example.com", "verified": True},
    ),
    "clerk users": Export(
        "Clerk Backend API, List all users (clerk.com)", "users.json",
        json.dumps([{"id": "u1", "object": "user", "external_id": None, "banned": False,
                     "created_at": EPOCH * 1000, "last_sign_in_at": EPOCH * 1000,
                     "public_metadata": {"plan": "pro"},
                     "email_addresses": [{"id": "e", "email_address": "u1@example.com",
                                          "verification": {"status": "verified",
                                                           "strategy": "email_code"}}]}]),
        "accounts",
        {"account_id": "u1", "created_at": AT, "email": "u1@example.com", "plan": "pro",
         "verified": True},
    ),
    "ecs": Export(
        "Elastic Common Schema 9.1; Elasticsearch search API response", "hits.json",
        json.dumps({"took": 1, "hits": {"total": {"value": 1}, "hits": [{
            "_index": "logs", "_id": "x", "_source": {
                "@timestamp": ISO, "user": {"id": "u1"}, "source": {"ip": "192.0.2.7"},
                "user_agent": {"original": "sdk/1.0"}, "http": {"request": {"id": "r1"},
                                                                "response": {"status_code": 200}},
                "event": {"duration": 900_000_000}, "tls": {"client": {"ja3": "b" * 32}},
                "gen_ai": {"request": {"model": "m-1"},
                           "usage": {"prompt_tokens": 5, "completion_tokens": 7},
                           "prompt": "ask me", "completion": "the answer"}}}]}}),
        "exchanges",
        _CALL | _SEEN | {"latency_ms": 900, "status": 200, "tls_fingerprint": "b" * 32,
                         "prompt": "ask me", "response": "the answer"},
    ),
    "ocsf": Export(
        "OCSF 1.6, API Activity (schema.ocsf.io)", "ocsf.jsonl",
        lines({"class_uid": 6003, "category_uid": 6, "time": EPOCH * 1000, "duration": 900,
               "actor": {"user": {"uid": "u1"}, "session": {"uid": "s1"}},
               "api": {"operation": "chat", "response": {"code": 200}},
               "src_endpoint": {"ip": "192.0.2.7"},
               "http_request": {"user_agent": "sdk/1.0", "uid": "r1"},
               "ai_model": {"name": "m-1"},
               "message_context": {"prompt_tokens": 5, "completion_tokens": 7}}),
        "exchanges", _CALL | _SEEN | {"latency_ms": 900, "status": 200, "session_id": "s1"},
    ),
}  # fmt: skip
