/*+++
id = "evidence-figures"
title = "How the members work, beside the whole case"
question = "Are volumes, answers, requests and aims more alike than usual?"
rev = 4
status = "test"
level = "informational"
tags = ["evidence"]

[params.cluster]
type = "cluster"
help = "The cluster"

+++*/
WITH begun AS (
    SELECT quantile_disc(first_ts, 0.02) AS at FROM account_profile WHERE isfinite(first_ts)
), habits AS (
    SELECT h.*, CAST(a.created_at < b.at - INTERVAL 14 DAY AS INTEGER) AS lived_before
    FROM account_habits AS h CROSS JOIN begun AS b
    LEFT JOIN accounts AS a ON a.account_id = h.account_id
), both_sides AS (
    SELECT 'members' AS who, h.*
    FROM cluster_members AS m JOIN habits AS h ON h.account_id = m.account_id
    WHERE m.cluster_id = $cluster
    UNION ALL
    SELECT 'the case' AS who, h.* FROM habits AS h
), made AS (
    SELECT who, made_in, count(*) AS n FROM both_sides WHERE made_in IS NOT NULL
    GROUP BY who, made_in
), densest AS (
    SELECT a.who, max(a.n + coalesce(b.n, 0)) AS n
    FROM made AS a LEFT JOIN made AS b ON b.who = a.who AND b.made_in = a.made_in + 1
    GROUP BY a.who
), figures AS (
    SELECT who, count(*) AS accounts,
           quantile_cont(log_rate, 0.75) FILTER (WHERE exchanges >= 5)
               - quantile_cont(log_rate, 0.25) FILTER (WHERE exchanges >= 5) AS rate_spread,
           quantile_cont(log_output, 0.75) - quantile_cont(log_output, 0.25) AS output_spread,
           quantile_cont(log_input, 0.75) - quantile_cont(log_input, 0.25) AS input_spread,
           quantile_cont(one_turn_share, 0.5) AS one_turn,
           round(avg(aim_share), 9) AS aim_share, round(avg(trace_share), 9) AS trace_share,
           round(avg(grading_share), 9) AS grading_share,
           round(avg(making_share), 9) AS making_share,
           round(avg(public_share), 9) AS public_share,
           round(avg(release_share), 9) AS release_share,
           round(avg(tool_share), 9) AS tool_share, round(avg(long_share), 9) AS long_share,
           round(avg(code_share), 9) AS code_share, round(avg(maths_share), 9) AS maths_share,
           quantile_cont(log_rate, 0.95) FILTER (WHERE exchanges >= 5)
               - quantile_cont(log_rate, 0.5) FILTER (WHERE exchanges >= 5) AS rate_tail,
           quantile_cont(log_output, 0.5) AS log_output,
           round(avg(weekend_share), 9) AS weekend_share,
           round(avg(lived_before), 9) AS lived_before,
           avg(CAST(verified AS INTEGER)) AS verified,
           avg(CAST(own_domain AS INTEGER)) AS own_domain, count(made_in) AS made
    FROM both_sides GROUP BY who
)
SELECT f.who, f.accounts, f.rate_spread, f.output_spread, f.input_spread, f.one_turn,
       f.aim_share, f.trace_share, f.grading_share, f.making_share, f.public_share,
       f.release_share, f.tool_share, f.code_share, f.maths_share, f.long_share,
       CAST(d.n AS DOUBLE) / nullif(f.made, 0) AS made_together, f.verified, f.own_domain,
       f.rate_tail, f.log_output, f.weekend_share, f.lived_before
FROM figures AS f LEFT JOIN densest AS d ON d.who = f.who
ORDER BY f.who
