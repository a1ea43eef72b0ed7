-- Profiles of the accounts from $low on and below $high (NULL: to the end). `exchanges` is
-- stored by (account_id, ts), so that the rows before a row are found by a streaming look back.
-- Sums of fractions are rounded: their last digits depend on the order of the threads. Counts of
-- tokens beyond a million million are fillers (the largest integer), of which two would overflow.
WITH e AS NOT MATERIALIZED (
    SELECT * FROM exchange_rows WHERE account_id >= $low AND ($high IS NULL OR account_id < $high)
), steps AS (
    SELECT account_id, ts, input_tokens, output_tokens, cost_usd, n_messages, n_tools, status,
           stream, model,
           CASE WHEN lag(account_id) OVER () = account_id
                THEN date_diff('microsecond', lag(ts) OVER (), ts) / 1e6 END AS gap_s
    FROM exchange_rows WHERE account_id >= $low AND ($high IS NULL OR account_id < $high)
), totals AS (
    SELECT account_id, count(*) AS exchanges,
           count(DISTINCT CAST(ts AS DATE)) AS active_days,
           min(ts) AS first_ts, max(ts) AS last_ts,
           CAST(sum(input_tokens) FILTER (WHERE input_tokens BETWEEN -1e12 AND 1e12) AS BIGINT)
               AS input_tokens,
           CAST(sum(output_tokens) FILTER (WHERE output_tokens BETWEEN -1e12 AND 1e12) AS BIGINT)
               AS output_tokens,
           round(sum(cost_usd), 6) AS cost_usd,
           avg(CASE WHEN n_messages IS NOT NULL THEN CAST(n_messages <= 1 AS INTEGER) END)
               AS single_message_share,
           avg(CASE WHEN n_tools IS NOT NULL THEN CAST(n_tools > 0 AS INTEGER) END) AS tool_share,
           avg(CASE WHEN status IS NOT NULL THEN CAST(status >= 400 AS INTEGER) END)
               AS error_share,
           avg(CAST(stream AS INTEGER)) AS stream_share,
           avg(CAST(isodow(ts) >= 6 AS INTEGER)) AS weekend_share,
           quantile_cont(gap_s, 0.5) AS median_gap_s,
           round(stddev_pop(gap_s) / nullif(avg(gap_s), 0), 6) AS gap_cv,
           quantile_cont(input_tokens, 0.5) AS median_input_tokens,
           quantile_cont(output_tokens, 0.5) AS median_output_tokens
    FROM steps GROUP BY account_id
), hours AS (
    SELECT account_id, -sum(n / total * ln(n / total)) / ln(24) AS hour_entropy
    FROM (SELECT account_id, n, sum(n) OVER (PARTITION BY account_id) AS total
          FROM (SELECT account_id, hour(ts) AS h, count(*) AS n FROM e GROUP BY ALL))
    GROUP BY account_id
), sessions AS (
    SELECT account_id, count(*) AS sessions, avg(CAST(n = 1 AS INTEGER)) AS one_turn_share
    FROM (SELECT account_id, session_id, count(*) AS n FROM e WHERE session_id IS NOT NULL
          GROUP BY ALL)
    GROUP BY account_id
), prompts AS (
    SELECT account_id, count(*) / CAST(sum(n) AS DOUBLE) AS distinct_prompt_share
    FROM (SELECT account_id, prompt_hash, count(*) AS n FROM e WHERE prompt_hash IS NOT NULL
          GROUP BY ALL)
    GROUP BY account_id
), used AS (
    SELECT DISTINCT account_id, model, ip, user_agent, tls_fingerprint, device_id, api_key_id
    FROM e
), s AS (
    SELECT * FROM sightings WHERE account_id >= $low AND ($high IS NULL OR account_id < $high)
), seen AS (
    SELECT account_id, 'ip' AS kind, ip AS value FROM used
    UNION SELECT account_id, 'ip', ip FROM s
    UNION SELECT account_id, 'ip', signup_ip FROM accounts
        WHERE account_id >= $low AND ($high IS NULL OR account_id < $high)
    UNION SELECT account_id, 'model', model FROM used
    UNION SELECT account_id, 'user_agent', user_agent FROM used
    UNION SELECT account_id, 'user_agent', user_agent FROM s
    UNION SELECT account_id, 'tls', tls_fingerprint FROM used
    UNION SELECT account_id, 'tls', tls_fingerprint FROM s
    UNION SELECT account_id, 'device', device_id FROM used
    UNION SELECT account_id, 'device', device_id FROM s
    UNION SELECT account_id, 'api_key', api_key_id FROM used
    UNION SELECT account_id, 'api_key', api_key_id FROM api_keys
        WHERE account_id >= $low AND ($high IS NULL OR account_id < $high)
    UNION SELECT account_id, 'instrument', instrument_fingerprint FROM payments
        WHERE account_id >= $low AND ($high IS NULL OR account_id < $high)
), distincts AS (
    SELECT account_id,
           count(*) FILTER (WHERE kind = 'model') AS models,
           count(*) FILTER (WHERE kind = 'ip') AS ips,
           count(*) FILTER (WHERE kind = 'user_agent') AS user_agents,
           count(*) FILTER (WHERE kind = 'tls') AS tls_fingerprints,
           count(*) FILTER (WHERE kind = 'device') AS devices,
           count(*) FILTER (WHERE kind = 'instrument') AS instruments,
           count(*) FILTER (WHERE kind = 'api_key') AS api_keys
    FROM seen WHERE value IS NOT NULL AND value <> '' GROUP BY account_id
), known AS (
    SELECT account_id FROM accounts
        WHERE account_id >= $low AND ($high IS NULL OR account_id < $high)
    UNION SELECT account_id FROM totals
    UNION SELECT account_id FROM s
    UNION SELECT account_id FROM payments
        WHERE account_id >= $low AND ($high IS NULL OR account_id < $high)
    UNION SELECT account_id FROM api_keys
        WHERE account_id >= $low AND ($high IS NULL OR account_id < $high)
)
INSERT INTO staging.profile_parts BY NAME
SELECT k.account_id, coalesce(t.exchanges, 0) AS exchanges,
       coalesce(t.active_days, 0) AS active_days, coalesce(n.sessions, 0) AS sessions,
       t.first_ts, t.last_ts, t.input_tokens, t.output_tokens, t.cost_usd,
       t.output_tokens / nullif(CAST(t.input_tokens AS DOUBLE), 0) AS out_in_ratio,
       coalesce(n.one_turn_share, t.single_message_share) AS one_turn_share,
       p.distinct_prompt_share, t.tool_share, t.error_share, t.stream_share,
       t.exchanges / CAST(t.active_days AS DOUBLE) AS per_active_day,
       round(abs(h.hour_entropy), 9) AS hour_entropy, t.weekend_share, t.median_gap_s, t.gap_cv,
       coalesce(d.models, 0) AS models, coalesce(d.ips, 0) AS ips,
       coalesce(d.user_agents, 0) AS user_agents,
       coalesce(d.tls_fingerprints, 0) AS tls_fingerprints,
       coalesce(d.devices, 0) AS devices, coalesce(d.instruments, 0) AS instruments,
       coalesce(d.api_keys, 0) AS api_keys, t.median_input_tokens, t.median_output_tokens
FROM known k
LEFT JOIN totals t USING (account_id)
LEFT JOIN hours h USING (account_id)
LEFT JOIN sessions n USING (account_id)
LEFT JOIN prompts p USING (account_id)
LEFT JOIN distincts d USING (account_id)
