/*+++
id = "trait-system-prompt"
title = "Same system prompt"
kind = "trait"
family = "system_prompt"
weight = 1.0
hub_cap = 500
question = "Which accounts send the same system prompt?"
+++*/
SELECT account_id, system_prompt_hash AS value, count(*) AS n, min(ts) AS first_ts, max(ts) AS last_ts
FROM exchanges
WHERE system_prompt_hash IS NOT NULL AND system_prompt_hash <> ''
GROUP BY account_id, system_prompt_hash
