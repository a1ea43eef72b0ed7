-- What of each account's work the scores look at; figures of clusters and of the whole case are
-- made from it. Some 12 prompts of each account, picked by their time, are read for aims
-- and capabilities.
CREATE OR REPLACE TABLE account_habits AS
WITH texts AS (
    SELECT account_id,
           lower(CASE WHEN length(prompt) <= 900 THEN prompt
                      ELSE left(prompt, 600) || ' ' || right(prompt, 300) END) AS x
    FROM (
        SELECT t.account_id, t.prompt
        FROM exchange_text AS t JOIN account_profile AS p ON p.account_id = t.account_id
        WHERE t.prompt IS NOT NULL AND (epoch_ms(t.ts) % 9973) * p.exchanges < 12 * 9973
    )
), marked AS (
    SELECT account_id, CAST(regexp_matches(x, $public) AS INTEGER) AS known,
           CAST(regexp_matches(x, $trace) AS INTEGER) AS trace,
           CAST(regexp_matches(x, $grading) AS INTEGER) AS grading,
           CAST(regexp_matches(x, $making) AS INTEGER) AS making,
           CAST(regexp_matches(x, $code) AS INTEGER) AS code,
           CAST(regexp_matches(x, $maths) AS INTEGER) AS maths
    FROM texts
), aims AS (
    SELECT account_id, count(*) AS texts, avg(trace) AS trace_share,
           avg(grading) AS grading_share, avg(making) AS making_share,
           avg(greatest(trace, grading, making) * (1 - known)) AS aim_share,
           avg(known) AS public_share, avg(code) AS code_share, avg(maths) AS maths_share
    FROM marked GROUP BY account_id
), released AS (
    SELECT model, max(released_at) AS released_at FROM model_releases
    WHERE model IS NOT NULL AND released_at IS NOT NULL GROUP BY model
), moved AS (
    SELECT e.account_id,
           avg(CAST(e.model = r.model AS INTEGER)) AS release_share
    FROM exchanges AS e JOIN released AS r
      ON e.ts >= r.released_at AND e.ts < r.released_at + INTERVAL 24 HOUR
    GROUP BY e.account_id
), long AS (
    SELECT account_id, avg(CAST(n_messages >= $long AS INTEGER)) AS long_share
    FROM exchanges WHERE n_messages IS NOT NULL GROUP BY account_id
), prompts AS (
    SELECT account_id, count(DISTINCT prompt_hash) AS sampled_prompts
    FROM (
        SELECT e.account_id, e.prompt_hash
        FROM exchanges AS e JOIN account_profile AS p ON p.account_id = e.account_id
        WHERE e.prompt_hash IS NOT NULL AND abs(e.prompt_hash % 9973)
              * p.exchanges * coalesce(p.distinct_prompt_share, 1.0) < 24 * 9973
    ) GROUP BY account_id
)
SELECT p.account_id, p.exchanges,
       ln(p.exchanges / greatest(date_diff('second', p.first_ts, p.last_ts) / 86400.0, 1.0))
           AS log_rate,
       ln(1 + p.median_output_tokens) AS log_output, ln(1 + p.median_input_tokens) AS log_input,
       p.one_turn_share, p.hour_entropy, p.weekend_share, p.tool_share,
       l.long_share, t.code_share, t.maths_share,
       CAST(epoch(a.created_at) // 1296000 AS BIGINT) AS made_in,
       a.org_id, a.verified, p.instruments > 0 AS paying, d.accounts <= 3 AS own_domain,
       coalesce(s.sampled_prompts, 0) AS sampled_prompts,
       t.texts, t.trace_share, t.grading_share, t.making_share, t.aim_share,
       t.public_share, m.release_share
FROM account_profile AS p
LEFT JOIN accounts AS a ON a.account_id = p.account_id
LEFT JOIN trait_stats AS d ON d.family = 'domain' AND d.value = a.email_domain
LEFT JOIN aims AS t ON t.account_id = p.account_id
LEFT JOIN long AS l ON l.account_id = p.account_id
LEFT JOIN moved AS m ON m.account_id = p.account_id
LEFT JOIN prompts AS s ON s.account_id = p.account_id
ORDER BY p.account_id
