/*+++
id = "trait-prompt"
title = "Same whole prompt"
kind = "trait"
family = "prompt"
weight = 0.5
hub_cap = 500
question = "Which accounts send the very same prompt?"
+++*/
SELECT e.account_id, CAST(e.prompt_hash AS VARCHAR) AS value, count(*) AS n,
       min(e.ts) AS first_ts, max(e.ts) AS last_ts
FROM exchanges AS e JOIN account_profile AS p ON p.account_id = e.account_id
-- About 24 different prompts of each account, picked by their hash: accounts that send the same
-- texts pick the same ones.
WHERE e.prompt_hash IS NOT NULL
  AND abs(e.prompt_hash % 9973) * p.exchanges * coalesce(p.distinct_prompt_share, 1.0) < 24 * 9973
GROUP BY e.account_id, e.prompt_hash
