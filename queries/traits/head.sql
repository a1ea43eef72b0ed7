/*+++
id = "trait-head"
title = "Prompts that begin alike"
kind = "trait"
family = "head"
weight = 0.7
hub_cap = 100
question = "Which accounts send prompts whose 32 characters at the begin of the text agree, digits apart?"
+++*/
WITH span AS (
    SELECT account_id, min(rowid) AS low, count(*) AS n FROM exchanges GROUP BY account_id
), picked AS (
    SELECT DISTINCT low + CAST(floor(k * n / 24.0) AS BIGINT) AS place
    FROM span, range(24) AS steps(k)
), sample AS (
    SELECT e.account_id, e.ts, left(prompt_head, 32) AS value
    FROM exchanges AS e SEMI JOIN picked AS p ON e.rowid = p.place
    WHERE e.prompt_head IS NOT NULL
)
SELECT account_id, value, count(*) AS n, min(ts) AS first_ts, max(ts) AS last_ts
FROM sample
WHERE strlen(value) >= 24
GROUP BY account_id, value
