/*+++
id = "trait-signup"
title = "Signed up in the same hour"
kind = "trait"
family = "signup"
weight = 0.25
hub_cap = 50
question = "Which accounts were made in the same hour?"
+++*/
SELECT account_id, strftime(date_trunc('hour', created_at), '%Y-%m-%d %H:00') AS value,
       CAST(1 AS BIGINT) AS n, created_at AS first_ts, created_at AS last_ts
FROM accounts
WHERE created_at IS NOT NULL
