/*+++
id = "trait-tools"
title = "Same tool definitions"
rev = 2
kind = "trait"
family = "tools"
weight = 1.0
hub_cap = 500
question = "Which accounts send the same tool definitions?"
falsepositives = ["Public agents and frameworks"]
+++*/
SELECT account_id, tools_hash AS value, count(*) AS n, min(ts) AS first_ts, max(ts) AS last_ts
FROM exchanges
WHERE tools_hash IS NOT NULL AND tools_hash <> ''
GROUP BY account_id, tools_hash
