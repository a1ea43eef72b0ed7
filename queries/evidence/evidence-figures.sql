/*+++
id = "evidence-figures"
title = "How the members work, beside the whole case"
question = "Are volumes, answers and requests more alike than usual?"
rev = 1
status = "test"
level = "informational"
tags = ["evidence"]

[params.cluster]
type = "cluster"
help = "The cluster"

+++*/
WITH p AS (
    SELECT p.exchanges, p.median_output_tokens, p.median_input_tokens, p.one_turn_share,
           a.verified, m.cluster_id IS NOT NULL AS member,
           ln(p.exchanges / greatest(date_diff('second', p.first_ts, p.last_ts) / 86400.0, 1.0))
               AS log_rate
    FROM account_profile AS p
    LEFT JOIN accounts AS a ON a.account_id = p.account_id
    LEFT JOIN cluster_members AS m ON m.account_id = p.account_id AND m.cluster_id = $cluster
), both_sides AS (
    SELECT 'members' AS who, exchanges, median_output_tokens, median_input_tokens, one_turn_share, verified, log_rate
    FROM p WHERE member
    UNION ALL
    SELECT 'the case', exchanges, median_output_tokens, median_input_tokens, one_turn_share, verified, log_rate
    FROM p
)
SELECT who, count(*) AS accounts,
       quantile_cont(log_rate, 0.75) FILTER (WHERE exchanges >= 5)
           - quantile_cont(log_rate, 0.25) FILTER (WHERE exchanges >= 5) AS rate_spread,
       quantile_cont(ln(1 + median_output_tokens), 0.75)
           - quantile_cont(ln(1 + median_output_tokens), 0.25) AS output_spread,
       quantile_cont(ln(1 + median_input_tokens), 0.75)
           - quantile_cont(ln(1 + median_input_tokens), 0.25) AS input_spread,
       quantile_cont(one_turn_share, 0.5) AS one_turn,
       avg(CAST(verified AS INTEGER)) AS verified
FROM both_sides GROUP BY who ORDER BY who
