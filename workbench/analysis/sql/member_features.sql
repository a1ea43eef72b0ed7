-- One row a cluster: how its members look beside the whole case. `members` holds (c, account_id).
WITH m AS (
    SELECT b.c, p.*, a.org_id, a.email_domain, a.verified, a.created_at, a.plan, a.email,
           a.status, a.status_at,
           ln(p.exchanges / greatest(date_diff('second', p.first_ts, p.last_ts) / 86400.0, 1.0))
               AS log_rate
    FROM members AS b
    JOIN account_profile AS p ON p.account_id = b.account_id
    LEFT JOIN accounts AS a ON a.account_id = b.account_id
)
SELECT c, count(*) AS accounts, CAST(sum(exchanges) AS BIGINT) AS exchanges,
       CAST(coalesce(sum(input_tokens), 0) AS BIGINT) AS input_tokens,
       CAST(coalesce(sum(output_tokens), 0) AS BIGINT) AS output_tokens,
       min(first_ts) AS first_ts, max(last_ts) AS last_ts,
       count(*) FILTER (WHERE exchanges >= 5) AS active,
       quantile_cont(log_rate, 0.75) FILTER (WHERE exchanges >= 5)
           - quantile_cont(log_rate, 0.25) FILTER (WHERE exchanges >= 5) AS rate_spread,
       quantile_cont(one_turn_share, 0.5) AS one_turn,
       quantile_cont(out_in_ratio, 0.5) AS out_in,
       quantile_cont(ln(1 + median_output_tokens), 0.75)
           - quantile_cont(ln(1 + median_output_tokens), 0.25) AS output_spread,
       quantile_cont(ln(1 + median_input_tokens), 0.75)
           - quantile_cont(ln(1 + median_input_tokens), 0.25) AS input_spread,
       avg(CAST(verified AS INTEGER)) AS verified,
       avg(CAST(instruments > 0 AS INTEGER)) AS paying,
       quantile_cont(hour_entropy, 0.5) AS hour_entropy,
       quantile_cont(weekend_share, 0.5) AS weekend,
       quantile_cont(distinct_prompt_share, 0.5) AS distinct_prompts,
       quantile_cont(tool_share, 0.5) AS tool_share,
       count(org_id) AS with_org, count(email_domain) AS with_domain,
       count(*) FILTER (WHERE status = 'banned') AS banned
FROM m GROUP BY c ORDER BY c
