-- The same figures over all accounts of the case: what is ordinary here.
WITH p AS (
    SELECT p.*, a.verified,
           ln(p.exchanges / greatest(date_diff('second', p.first_ts, p.last_ts) / 86400.0, 1.0))
               AS log_rate
    FROM account_profile AS p LEFT JOIN accounts AS a ON a.account_id = p.account_id
)
SELECT count(*) AS accounts,
       quantile_cont(log_rate, 0.75) FILTER (WHERE exchanges >= 5)
           - quantile_cont(log_rate, 0.25) FILTER (WHERE exchanges >= 5) AS rate_spread,
       quantile_cont(one_turn_share, 0.5) AS one_turn,
       quantile_cont(out_in_ratio, 0.5) AS out_in,
       quantile_cont(ln(1 + median_output_tokens), 0.75)
           - quantile_cont(ln(1 + median_output_tokens), 0.25) AS output_spread,
       quantile_cont(ln(1 + median_input_tokens), 0.75)
           - quantile_cont(ln(1 + median_input_tokens), 0.25) AS input_spread,
       avg(CAST(verified AS INTEGER)) AS verified,
       quantile_cont(hour_entropy, 0.5) AS hour_entropy,
       quantile_cont(distinct_prompt_share, 0.5) AS distinct_prompts,
       quantile_cont(tool_share, 0.5) AS tool_share
FROM p
