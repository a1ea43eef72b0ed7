/*+++
id = "trait-keys"
title = "Keys made or revoked at once"
kind = "trait"
family = "keys"
weight = 0.4
hub_cap = 20
question = "Which accounts' keys were made or revoked in the same unusually busy ten minutes?"
falsepositives = ["A rotation policy of one customer", "A leak that made many revoke their keys"]
+++*/
WITH events AS (
    SELECT account_id, created_at AS ts, 'made' AS what FROM api_keys
    WHERE created_at IS NOT NULL
    UNION ALL
    SELECT account_id, revoked_at, 'revoked' FROM api_keys WHERE revoked_at IS NOT NULL
), slots AS (
    SELECT account_id, what, epoch_ms(ts) // 600000 AS slot, count(*) AS n,
           min(ts) AS first_ts, max(ts) AS last_ts
    FROM events GROUP BY account_id, what, slot
), busy AS (
    SELECT what, slot, count(*) AS accounts FROM slots GROUP BY what, slot
), usual AS (
    SELECT what, avg(accounts) AS accounts FROM busy GROUP BY what
)
SELECT s.account_id,
       s.what || ' ' || strftime(make_timestamp(s.slot * 600000000), '%Y-%m-%d %H:%M') AS value,
       s.n, s.first_ts, s.last_ts
FROM slots AS s
JOIN busy AS b ON b.what = s.what AND b.slot = s.slot
JOIN usual AS u ON u.what = s.what
WHERE b.accounts >= 5 AND b.accounts >= 4 * u.accounts
