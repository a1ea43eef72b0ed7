/*+++
id = "trait-ip"
title = "Shared address"
kind = "trait"
family = "ip"
weight = 0.8
hub_cap = 50
question = "Which accounts were seen at the same address?"
+++*/
WITH seen AS (
    SELECT account_id, ip, count(*) AS n, min(ts) AS first_ts, max(ts) AS last_ts
    FROM exchanges WHERE ip IS NOT NULL AND ip <> '' GROUP BY account_id, ip
    UNION ALL
    SELECT account_id, ip, count(*), min(ts), max(ts)
    FROM sightings WHERE ip IS NOT NULL AND ip <> '' GROUP BY account_id, ip
    UNION ALL
    SELECT account_id, signup_ip, 1, created_at, created_at
    FROM accounts WHERE signup_ip IS NOT NULL AND signup_ip <> ''
)
SELECT account_id, ip AS value, CAST(sum(n) AS BIGINT) AS n,
       min(first_ts) AS first_ts, max(last_ts) AS last_ts
FROM seen GROUP BY account_id, ip
