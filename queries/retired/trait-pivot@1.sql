/*+++
id = "trait-pivot"
title = "On a new model in the same hour"
kind = "trait"
family = "pivot"
weight = 0.2
hub_cap = 20
question = "Which accounts first used a new model in the same hour, within three days of its release?"
falsepositives = ["A gateway that always takes the latest model", "A customer with early access"]
+++*/
WITH released AS (
    SELECT model, max(released_at) AS released_at FROM model_releases
    WHERE model IS NOT NULL AND released_at IS NOT NULL GROUP BY model
), firsts AS (
    SELECT e.account_id, e.model, r.released_at, min(e.ts) AS first_ts, max(e.ts) AS last_ts,
           count(*) AS n
    FROM exchanges AS e JOIN released AS r ON r.model = e.model
    WHERE e.ts >= r.released_at AND e.ts < r.released_at + INTERVAL 72 HOUR
    GROUP BY e.account_id, e.model, r.released_at
)
SELECT account_id,
       model || ' ' || date_diff('hour', released_at, first_ts) || ' h after its release' AS value,
       n, first_ts, last_ts
FROM firsts
