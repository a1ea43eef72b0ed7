/*+++
id = "trait-device"
title = "Shared device"
kind = "trait"
family = "device"
weight = 1.0
hub_cap = 500
question = "Which accounts were used from the same device?"
+++*/
WITH seen AS (
    SELECT account_id, device_id, count(*) AS n, min(ts) AS first_ts, max(ts) AS last_ts
    FROM exchanges WHERE device_id IS NOT NULL AND device_id <> '' GROUP BY account_id, device_id
    UNION ALL
    SELECT account_id, device_id, count(*), min(ts), max(ts)
    FROM sightings WHERE device_id IS NOT NULL AND device_id <> '' GROUP BY account_id, device_id
)
SELECT account_id, device_id AS value, CAST(sum(n) AS BIGINT) AS n,
       min(first_ts) AS first_ts, max(last_ts) AS last_ts
FROM seen GROUP BY account_id, device_id
