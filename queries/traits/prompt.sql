/*+++
id = "trait-prompt"
title = "Same whole prompt"
kind = "trait"
family = "prompt"
weight = 0.5
hub_cap = 100
question = "Which accounts send the very same prompt?"
+++*/
WITH span AS (
    SELECT account_id, min(rowid) AS low, count(*) AS n FROM exchanges GROUP BY account_id
), picked AS (
    SELECT DISTINCT low + CAST(floor(k * n / 24.0) AS BIGINT) AS place
    FROM span, range(24) AS steps(k)
)
SELECT e.account_id, CAST(e.prompt_hash AS VARCHAR) AS value, count(*) AS n,
       min(e.ts) AS first_ts, max(e.ts) AS last_ts
FROM exchanges AS e SEMI JOIN picked AS p ON e.rowid = p.place
WHERE e.prompt_hash IS NOT NULL
GROUP BY e.account_id, e.prompt_hash
