/*+++
id = "trait-phone"
title = "Same telephone number"
kind = "trait"
family = "phone"
weight = 1.0
hub_cap = 500
question = "Which accounts have the same telephone number?"
+++*/
SELECT account_id, phone_hash AS value, CAST(1 AS BIGINT) AS n,
       created_at AS first_ts, created_at AS last_ts
FROM accounts
WHERE phone_hash IS NOT NULL AND phone_hash <> ''
