/*+++
id = "trait-head"
title = "Prompts that begin alike"
kind = "trait"
family = "head"
weight = 0.7
hub_cap = 500
question = "Which accounts send prompts whose 32 characters at the begin of the text agree, digits apart?"
+++*/
WITH sample AS (
    -- About 24 exchanges of each account, picked by their time.
    SELECT e.account_id, e.ts, left(e.prompt_head, 32) AS value
    FROM exchanges AS e JOIN account_profile AS p ON p.account_id = e.account_id
    WHERE e.prompt_head IS NOT NULL AND (epoch_ms(e.ts) % 9973) * p.exchanges < 24 * 9973
)
SELECT account_id, value, count(*) AS n, min(ts) AS first_ts, max(ts) AS last_ts
FROM sample
WHERE strlen(value) >= 24
GROUP BY account_id, value
