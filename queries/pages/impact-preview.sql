/*+++
id = "impact-preview"
title = "Whom a decision would hit"
kind = "page"

[params.accounts]
type = "account_list"
help = "The accounts"
+++*/
WITH chosen AS (SELECT unnest($accounts) AS account_id)
SELECT count(*) AS accounts, count(p.account_id) AS known,
       CAST(sum(p.exchanges) AS BIGINT) AS exchanges,
       CAST(sum(p.output_tokens) AS BIGINT) AS output_tokens, round(sum(p.cost_usd), 2) AS cost_usd,
       min(a.created_at) AS oldest, max(a.created_at) AS newest,
       count(*) FILTER (WHERE a.verified) AS verified,
       count(*) FILTER (WHERE a.status IS DISTINCT FROM 'active' AND a.status IS NOT NULL) AS closed,
       count(DISTINCT a.org_id) AS organisations,
       count(*) FILTER (WHERE d.verdict = 'clear') AS cleared_before,
       count(*) FILTER (WHERE d.verdict = 'flag') AS flagged_before,
       count(m.account_id) AS in_clusters
FROM chosen AS c
LEFT JOIN account_profile AS p ON p.account_id = c.account_id
LEFT JOIN accounts AS a ON a.account_id = c.account_id
LEFT JOIN decisions AS d ON d.account_id = c.account_id AND NOT d.pending
LEFT JOIN cluster_members AS m ON m.account_id = c.account_id
