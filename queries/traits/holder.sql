/*+++
id = "trait-holder"
title = "Shared card-holder name"
rev = 2
kind = "trait"
family = "name"
weight = 0.8
hub_cap = 500
question = "Which accounts were paid for under the same name?"
falsepositives = ["A company card over many seats", "People of one name"]
references = ["OWASP OAT-019 Account Creation"]
+++*/
SELECT account_id, name_hash AS value, count(*) AS n, min(ts) AS first_ts, max(ts) AS last_ts
FROM payments
WHERE name_hash IS NOT NULL AND name_hash <> ''
GROUP BY account_id, name_hash
