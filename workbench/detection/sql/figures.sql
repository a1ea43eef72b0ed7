-- How the members of each cluster work, and the whole case as cluster -1. `members` holds
-- (c, account_id).
WITH groups AS (
    SELECT c, account_id FROM members
    UNION ALL SELECT -1, account_id FROM account_habits
), begun AS (
    -- A few stray early dates are not the begin of the extract.
    SELECT quantile_disc(first_ts, 0.02) AS at FROM account_profile WHERE isfinite(first_ts)
), m AS (
    SELECT g.c, h.*, CAST(a.created_at < b.at - INTERVAL 14 DAY AS INTEGER) AS lived_before
    FROM groups AS g JOIN account_habits AS h ON h.account_id = g.account_id
    CROSS JOIN begun AS b LEFT JOIN accounts AS a ON a.account_id = g.account_id
), made AS (
    SELECT c, made_in, count(*) AS n FROM m WHERE made_in IS NOT NULL GROUP BY c, made_in
), densest AS (
    SELECT a.c, max(a.n + coalesce(b.n, 0)) AS n
    FROM made AS a LEFT JOIN made AS b ON b.c = a.c AND b.made_in = a.made_in + 1
    GROUP BY a.c
), figures AS (
    SELECT c, count(*) AS accounts,
           count(*) FILTER (WHERE exchanges >= 5) AS active,
           quantile_cont(log_rate, 0.75) FILTER (WHERE exchanges >= 5)
               - quantile_cont(log_rate, 0.25) FILTER (WHERE exchanges >= 5) AS rate_spread,
           quantile_cont(log_output, 0.75) - quantile_cont(log_output, 0.25) AS output_spread,
           quantile_cont(log_input, 0.75) - quantile_cont(log_input, 0.25) AS input_spread,
           quantile_cont(one_turn_share, 0.5) AS one_turn,
           round(avg(aim_share), 9) AS aim_share,
           round(avg(public_share), 9) AS public_share, round(avg(release_share), 9) AS release_share,
           round(avg(tool_share), 9) AS tool_share, round(avg(long_share), 9) AS long_share,
           round(avg(code_share), 9) AS code_share, round(avg(maths_share), 9) AS maths_share,
           quantile_cont(log_rate, 0.95) FILTER (WHERE exchanges >= 5)
               - quantile_cont(log_rate, 0.5) FILTER (WHERE exchanges >= 5) AS rate_tail,
           quantile_cont(log_output, 0.5) AS log_output,
           round(avg(weekend_share), 9) AS weekend_share,
           round(avg(lived_before), 9) AS lived_before, count(lived_before) AS dated,
           avg(CAST(verified AS INTEGER)) AS verified,
           avg(CAST(paying AS INTEGER)) AS paying,
           avg(CAST(own_domain AS INTEGER)) AS own_domain,
           count(own_domain) AS domains, count(verified) AS verifiable,
           CAST(count(own_domain) AS DOUBLE) / count(*) AS domain_share,
           CAST(count(org_id) AS DOUBLE) / count(*) AS org_share,
           CAST(sum(sampled_prompts) AS BIGINT) AS sampled_prompts,
           count(made_in) AS made
    FROM m GROUP BY c
)
SELECT f.*, CAST(d.n AS DOUBLE) / nullif(f.made, 0) AS made_together
FROM figures AS f LEFT JOIN densest AS d ON d.c = f.c
ORDER BY f.c
