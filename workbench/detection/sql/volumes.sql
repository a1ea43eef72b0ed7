-- What the members of each cluster used in all.
SELECT b.c, count(*) AS accounts, CAST(sum(p.exchanges) AS BIGINT) AS exchanges,
       CAST(coalesce(sum(p.input_tokens), 0) AS BIGINT) AS input_tokens,
       CAST(coalesce(sum(p.output_tokens), 0) AS BIGINT) AS output_tokens,
       min(p.first_ts) AS first_ts, max(p.last_ts) AS last_ts
FROM members AS b JOIN account_profile AS p ON p.account_id = b.account_id
GROUP BY b.c ORDER BY b.c
