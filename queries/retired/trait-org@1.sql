/*+++
id = "trait-org"
title = "Same organisation"
kind = "trait"
family = "org"
weight = 1.2
hub_cap = 500
question = "Which accounts have the same organisation?"
+++*/
SELECT account_id, org_id AS value, CAST(1 AS BIGINT) AS n,
       created_at AS first_ts, created_at AS last_ts
FROM accounts
WHERE org_id IS NOT NULL AND org_id <> ''
