/*+++
id = "trait-holder"
title = "Shared card-holder name"
kind = "trait"
family = "name"
weight = 0.8
hub_cap = 500
question = "Which accounts were paid for under the same name?"
+++*/
SELECT account_id, name_hash AS value, count(*) AS n, min(ts) AS first_ts, max(ts) AS last_ts
FROM payments
WHERE name_hash IS NOT NULL AND name_hash <> ''
GROUP BY account_id, name_hash
