"""What other systems call the canonical columns, the surer names first, and what values must be."""

from __future__ import annotations

ANY, NUMBER = "", "number"
# For each column: kinds that its values may be (empty: any), then names, each the end of a path
# whose words are parted by _ and whose parts by a point.
Names = tuple[tuple[str, ...], tuple[str, ...]]
_TIMES = ("time", "epoch")
_NUMBERS = ("number", "epoch")
_PLAIN = ("text", "number", "email", "tls", "epoch", "agent")
_TEXTS = ("text", "body", "list", "number", "agent")

ACCOUNT_NAMES = (
    "account_id", "enduser.id", "end_user_id", "end_user", "customer_id", "customer_identifier",
    "external_user_id", "external_customer_id", "user_id", "userid", "actor.user.uid",
    "actor.user.id", "actor.id", "user.id", "user_email", "user.email", "consumer.custom_id",
    "consumer.username", "consumer.id", "actor_id", "metadata.user", "distinct_id",
    "metadata._user", "user_identifier", "user_api_key_user_id", "apim_subscription_id",
    "subscription_id", "username", "user_name", "user.name", "client_user_id", "uid", "member_id",
    "subject", "sub", "customer", "user", "principal_id", "identity.arn", "owner_id", "owner",
    "cs_username", "remote_user", "auth_user", "account", "account_name", "tenant_id", "tenant",
    "client_id", "team_id", "organization_id", "org_id", "project_id", "workspace_id",
    "api_key_id", "api_key_alias", "api_key_name", "api_key_hash", "virtual_key", "token_name",
    "api_key",
)  # fmt: skip
_TS = (
    "ts", "timestamp", "start_time", "started_at", "start_timestamp", "start_time_unix_nano",
    "request_created_at", "request_time", "request_timestamp", "created_at", "created_time",
    "create_time", "event_time", "event_timestamp", "observed_time_unix_nano", "time_unix_nano",
    "time_of_request", "edge_start_timestamp", "time_generated", "time", "datetime", "date_time",
    "created", "created_utc", "occurred_at", "logged_at", "log_time", "published", "date",
    "generation_time", "received_at", "inserted_at", "trace_start_time", "log_date", "event_date",
)  # fmt: skip
EXCHANGES: dict[str, Names] = {
    "exchange_id": (_PLAIN, (
        "exchange_id", "gen_ai.response.id", "request_id", "requestid", "generation_id", "trace.id",
        "correlation_id", "request.id", "http.request.id", "x_request_id", "log_id", "call_id",
        "response_id", "completion_id", "span_id", "context.span_id", "metadata.uid", "event_id",
        "observation_id", "run_id", "invocation_id", "message_id", "uuid", "id", "insert_id",
        "_id", "trace_id", "ray_id")),
    "account_id": (_PLAIN, ACCOUNT_NAMES),
    "ts": (_TIMES, _TS),
    "session_id": (_PLAIN, (
        "session_id", "gen_ai.conversation.id", "conversation_id", "thread_id", "chat_id",
        "session.id", "session", "helicone_session_id", "conversation", "trace_id",
        "actor.session.uid")),
    "api_key_id": (_PLAIN, (
        "api_key_id", "apikey_id", "key_id", "api_key_hash", "user_api_key", "api_key_name",
        "api_key_alias", "virtual_key_id", "virtual_key", "authenticated_entity.id", "token_id",
        "token_name", "key_name", "api_key", "apikey", "key_alias", "provider_key_id",
        "credential_id", "key_hash", "api_key_label")),
    "model": (("text",), (
        "model", "gen_ai.response.model", "response_model", "gen_ai.request.model",
        "request_model", "model_name", "model_id", "provided_model_name", "model_permaslug",
        "model_version", "model_slug", "ai_model.name", "deployment_name", "model_deployment_name",
        "deployment", "engine", "ai_model", "llm_model", "model_used", "resolved_model",
        "target_model", "model_group")),
    "operation": (("text",), (
        "operation", "gen_ai.operation.name", "operation_name", "call_type", "request_type",
        "api.operation", "api_type", "endpoint", "operation_id", "api_path", "route", "task",
        "task_type")),
    "input_tokens": (_NUMBERS, (
        "input_tokens", "prompt_tokens", "tokens_in", "input_token_count", "prompt_token_count",
        "tokens_prompt", "prompt_tokens_total", "usage.input", "usage_details.input",
        "request_tokens", "num_input_tokens", "n_input_tokens", "input_tokens_total",
        "n_context_tokens_total", "token_usage.input", "tokens.input", "tokens.prompt",
        "prompt_eval_count", "input_token", "req_units", "uncached_input_tokens",
        "native_tokens_prompt", "llm.token_count.prompt", "prompt_n", "inputtokencount")),
    "output_tokens": (_NUMBERS, (
        "output_tokens", "completion_tokens", "tokens_out", "output_token_count",
        "candidates_token_count", "tokens_completion", "usage.output", "usage_details.output",
        "response_tokens", "generated_tokens", "num_output_tokens", "n_generated_tokens_total",
        "token_usage.output", "tokens.output", "tokens.completion", "eval_count", "output_token",
        "res_units", "native_tokens_completion", "llm.token_count.completion",
        "completion_token_count", "predicted_n")),
    "cached_tokens": (_NUMBERS, (
        "cached_tokens", "cache_read_input_tokens", "cache_read.input_tokens",
        "input_cached_tokens", "cached_input_tokens", "cache_read_tokens",
        "prompt_cache_hit_tokens",
        "input_cached", "cache_read_input_token_count", "prompt_cache_read_tokens", "cache_tokens",
        "cached_content_token_count", "native_tokens_cached", "tokens_cached", "cached_token",
        "input_cache_read", "token_count.prompt_details.cache_read")),
    "reasoning_tokens": (_NUMBERS, (
        "reasoning_tokens", "reasoning.output_tokens", "output_reasoning_tokens",
        "thoughts_token_count", "tokens_reasoning", "native_tokens_reasoning", "output_reasoning",
        "thinking_tokens", "completion_details.reasoning")),
    "latency_ms": (("number", "text", "epoch"), (
        "latency_ms", "duration_ms", "request_duration_ms", "elapsed_ms", "response_time_ms",
        "latency", "total_latency", "duration", "response_time", "elapsed", "event.duration",
        "latencies.request", "generation_time", "total_time", "request_duration", "use_time",
        "elapsed_time", "total_duration", "time_taken", "total_time_ms", "processing_time_ms",
        "llm_latency", "request_time", "delay_ms", "latency_seconds", "duration_seconds",
        "response_latency")),
    "ttft_ms": (("number", "text"), (
        "ttft_ms", "time_to_first_token", "time_to_first_token_ms", "ttft", "time_to_first_chunk",
        "first_token_latency", "first_token_ms", "frt", "time_to_first_byte", "ttfb_ms",
        "first_byte_latency")),
    "status": (("number",), (
        "status", "status_code", "http_status", "response.status", "http.response.status_code",
        "response_status", "response_code", "http_status_code", "result_signature",
        "backend_response_code", "upstream_status", "sc_status", "status_code_int",
        "http_response.code", "edge_response_status", "response_status_code")),
    "finish_reason": (("text",), (
        "finish_reason", "gen_ai.response.finish_reasons", "finish_reasons", "stop_reason",
        "native_finish_reason", "completion_reason", "stopreason", "finishreason", "done_reason")),
    "stream": (("flag", "number"), (
        "stream", "gen_ai.request.stream", "is_stream", "streamed", "streaming", "stream_type",
        "is_streaming")),
    "max_tokens": (_NUMBERS, (
        "max_tokens", "gen_ai.request.max_tokens", "max_completion_tokens", "max_output_tokens",
        "max_tokens_to_sample", "max_new_tokens")),
    "temperature": (("number",), ("temperature", "gen_ai.request.temperature")),
    "ip": (("address",), (
        "ip", "client_ip", "client.address", "requester_ip_address", "source.ip", "remote_addr",
        "caller_ip_address", "ip_address", "src_endpoint.ip", "client.ip", "remote_ip", "user_ip",
        "source_ip_address", "source_ip", "request_ip", "x_forwarded_for", "c_ip", "remote_address",
        "net.peer.ip", "client_address", "peer_ip", "ipaddress", "caller_ip", "clientip")),
    "user_agent": (("text", "agent"), (
        "user_agent", "user_agent.original", "http.user_agent", "client_request_user_agent",
        "http_request.user_agent", "headers.user_agent", "useragent", "http_user_agent",
        "client_user_agent", "cs_user_agent", "request_user_agent", "agent", "raw_user_agent")),
    "tls_fingerprint": (("tls", "text"), (
        "tls_fingerprint", "ja4", "ja3", "tls.client.ja4", "tls.client.ja3", "ja3_hash", "ja3hash",
        "tls_ja3", "tls_ja4", "client_ja3", "ja4_hash", "ssl_ja3")),
    "device_id": (_PLAIN, (
        "device_id", "device.id", "anonymous_id", "visitor_id", "device_fingerprint", "device_uid",
        "device_uuid", "device.uid", "installation_id")),
    "system_prompt": (_TEXTS, (
        "system_prompt", "gen_ai.system_instructions", "system_instructions", "instructions",
        "system_message")),
    "prompt": (("text", "body", "list", "agent"), (
        "prompt", "gen_ai.input.messages", "input_messages", "messages", "request_body",
        "input_body_json", "request.body", "gen_ai.prompt", "prompts", "input", "request_payload",
        "request.messages", "proxy_server_request", "query", "question", "user_message",
        "request_json", "payload.request", "input_text", "llm.input_messages", "full_request",
        "raw_request", "request", "input.value", "user_input", "request_content", "contents")),
    "response": (("text", "body", "list", "agent"), (
        "response", "gen_ai.output.messages", "output_messages", "response_body",
        "output_body_json", "response.body", "gen_ai.completion", "completion", "output",
        "payload.response", "response_json", "answer", "assistant_message", "output_text",
        "llm.output_messages", "full_response", "raw_response", "response_payload",
        "response_content", "output.value", "response_text", "choices", "reply")),
    "cost_usd": (("number",), (
        "cost_usd", "total_cost", "cost", "spend", "usage_usd", "response_cost",
        "calculated_total_cost",
        "cost_in_usd", "price", "total_cost_usd", "amount_usd", "usage", "cost_total",
        "estimated_cost", "usage.cost", "price_usd")),
}  # fmt: skip
ACCOUNTS: dict[str, Names] = {
    "account_id": (_PLAIN, (
        "account_id", "user_id", "userid", "customer_id", "username", "sub", "user.id", "id", "uid",
        "_id", "user_name", "login", "member_id")),
    "created_at": (_TIMES, (
        "created_at", "created", "user_create_date", "create_time", "created_time", "signup_date",
        "signed_up_at", "registered_at", "signup_at", "registration_date", "created_on",
        "creation_date", "date_joined", "joined_at", "create_date", "added_at")),
    "email": (("email", "text"), (
        "email", "profile.email", "user_email", "email_address", "primary_email_address", "mail",
        "email_addresses[0].email_address", "contact_email", "attributes.email")),
    "org_id": (_PLAIN, (
        "org_id", "organization_id", "organisation_id", "tenant_id", "team_id", "company_id",
        "workspace_id", "account.id")),
    "plan": (("text",), ("plan", "tier", "subscription_plan", "plan_name", "price_plan", "group",
                         "app_metadata.plan", "public_metadata.plan", "pricing_tier")),
    "channel": (("text",), ("channel", "signup_method", "signup_source", "source", "connection",
                            "auth_provider", "provider", "registration_source")),
    "country": (("text",), ("country", "country_code", "signup_country", "billing_country",
                            "profile.country_code")),
    "signup_ip": (("address",), ("signup_ip", "registration_ip", "created_ip", "last_ip", "ip",
                                 "ip_address", "signup_ip_address")),
    "phone_hash": (_PLAIN, ("phone_hash", "phone_number_hash", "phone_number", "phone",
                            "mobile_phone", "primary_phone")),
    "referral": (_PLAIN, ("referral", "referral_code", "referrer_id", "inviter_id", "invite_code",
                          "promo_code", "coupon")),
    "status": (("text", "number", "flag"), ("status", "state", "user_status", "account_status",
                                            "profile.status")),
    "status_at": (_TIMES, ("status_at", "status_changed", "banned_at", "suspended_at",
                           "deactivated_at", "closed_at")),
    "verified": (("flag", "number"), ("verified", "email_verified", "is_verified",
                                      "identity_verified", "phone_verified", "kyc_verified")),
}  # fmt: skip
SIGHTINGS: dict[str, Names] = {
    "account_id": (_PLAIN, ACCOUNT_NAMES),
    "ts": (_TIMES, _TS),
    "kind": (("text",), ("kind", "event_type", "event.action", "event_name", "type", "action",
                         "event", "activity_name", "event.type", "operation", "method",
                         "client_request_method", "display_message")),
    "ip": EXCHANGES["ip"],
    "asn": (("number",), ("asn", "source.as.number", "as_number", "client_asn", "autonomous_system",
                          "security_context.as_number", "src_endpoint.autonomous_system.number",
                          "as.number")),
    "country": (("text",), ("country", "client_country", "country_code", "geo.country_iso_code",
                            "location.country", "geographical_context.country", "country_name",
                            "geoip.country_code", "location_info.country_code",
                            "client.geographical_context.country", "geo.country")),
    "user_agent": EXCHANGES["user_agent"],
    "tls_fingerprint": EXCHANGES["tls_fingerprint"],
    "device_id": EXCHANGES["device_id"],
}  # fmt: skip
PAYMENTS: dict[str, Names] = {
    "payment_id": (_PLAIN, ("payment_id", "charge_id", "id", "transaction_id", "txn_id",
                            "payment_intent_id", "payment_intent", "reference", "order_id")),
    "account_id": (_PLAIN, (
        "account_id", "metadata.user_id", "metadata.account_id", "user_id_metadata",
        "userid_metadata", "account_id_metadata", "user_id", "customer_id", "customer",
        "customer.id", "client_reference_id", "shopper_reference", "buyer_id", "payer_id")),
    "ts": (_TIMES, ("created", "created_at", "created_date_utc", "created_utc", "created_date",
                    "ts",
                    "creation_date", "booking_date", *_TS)),
    "instrument_fingerprint": (_PLAIN, (
        "instrument_fingerprint", "card.fingerprint", "card_fingerprint", "fingerprint",
        "card_unique_number_identifier", "unique_number_identifier", "card_hash", "card_alias",
        "card_token", "payment_method_fingerprint", "payment_method_id", "payment_method")),
    "kind": (("text",), ("kind", "payment_method_details.type", "payment_method_type",
                         "payment_type", "payment_source_type", "method", "object_type")),
    "bin": (("number", "text"), ("bin", "iin", "card.iin", "card_iin", "card_bin", "issuer_bin",
                                 "card_prefix")),
    "funding": (("text",), ("funding", "card.funding", "card_funding", "funding_source",
                            "card_type", "funding_type")),
    "issuer_country": (("text",), ("issuer_country", "card.country", "card_issue_country",
                                   "card_country", "issuing_country", "country_of_issuance")),
    "amount_minor": (("number",), ("amount_minor", "amount_in_cents", "amount_cents",
                                   "amount.value", "amount", "gross_amount", "total", "value",
                                   "amount_captured", "gross", "price")),
    "currency": (("text",), ("currency", "amount.currency", "currency_code", "currency_iso_code")),
    "status": (("text",), ("status", "state", "payment_status", "result", "event_code",
                           "transaction_status")),
    "name_hash": (_PLAIN, ("name_hash", "cardholder_name_hash", "card_name_hash")),
    "postcode": (("text", "number"), (
        "postcode", "postal_code", "billing_details.address.postal_code", "card_address_zip", "zip",
        "billing_postal_code", "billing_zip", "address_zip", "card_address_postal_code")),
}  # fmt: skip
API_KEYS: dict[str, Names] = {
    "api_key_id": (_PLAIN, ("api_key_id", "key_id", "token", "id", "key_name", "redacted_value")),
    "account_id": (
        _PLAIN,
        (
            "account_id",
            "user_id",
            "owner.user.id",
            "owner.id",
            "owner_id",
            "created_by.id",
            "created_by",
            "user",
            "owner",
        ),
    ),
    "created_at": (_TIMES, ("created_at", "created", "create_time", "created_time")),
    "revoked_at": (_TIMES, ("revoked_at", "deleted_at", "expires_at", "disabled_at", "expired_at")),
}
TABLES: dict[str, dict[str, Names]] = {
    "payments": PAYMENTS, "exchanges": EXCHANGES, "sightings": SIGHTINGS, "accounts": ACCOUNTS,
    "api_keys": API_KEYS,
}  # fmt: skip
