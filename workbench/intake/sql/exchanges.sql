-- Exchanges with their texts and computed columns over the rows of all extracts, as
-- they are stored. What the extract supplied stays where there is no prompt to compute from. Each
-- step is a query of its own, so that no expression is worked out twice; beginning and end are
-- treated as one string, split again at a control character, to halve the calls.
WITH forms AS (
    SELECT *, folded(prompt) AS form FROM incoming
), ends AS (
    -- Trimmed at the ends only: a whole text is copied by every function over it.
    SELECT *, digits_masked(spaced(left(ltrim(left(form, 120)), 40) || chr(1)
                                   || substr(rtrim(substr(form, -120)), -40))) AS both_ends
    FROM forms
)
SELECT nullif(exchange_id, '') AS exchange_id,
       account_id, ts, session_id, api_key_id, model, operation, input_tokens, output_tokens,
       cached_tokens, reasoning_tokens, latency_ms, ttft_ms, status, finish_reason, stream,
       n_messages, n_tools, max_tokens, temperature, ip, user_agent, tls_fingerprint, device_id,
       coalesce(nullif(system_prompt_hash, ''), short_hash(nullif(system_prompt, '')))
           AS system_prompt_hash, tools_hash,
       coalesce(text_hash(dense(form)), prompt_hash) AS prompt_hash,
       coalesce(left(split_part(both_ends, chr(1), 1), 32), prompt_head) AS prompt_head,
       coalesce(substr(split_part(both_ends, chr(1), -1), -32), prompt_tail) AS prompt_tail,
       coalesce(CAST(length(prompt) AS INTEGER), prompt_chars) AS prompt_chars,
       cost_usd, source_id, source_row,
       system_prompt, prompt, response, truncated
FROM ends
ORDER BY account_id, ts, source_id, source_row
