/*+++
id = "trait-net24"
title = "Shared network"
kind = "trait"
family = "net24"
weight = 0.5
hub_cap = 100
question = "Which accounts were seen in the same /24 (IPv4) or /48 (IPv6) network?"
+++*/
WITH seen AS (
    SELECT account_id, ip, count(*) AS n, min(ts) AS first_ts, max(ts) AS last_ts
    FROM exchanges WHERE ip IS NOT NULL GROUP BY account_id, ip
    UNION ALL
    SELECT account_id, ip, count(*), min(ts), max(ts)
    FROM sightings WHERE ip IS NOT NULL GROUP BY account_id, ip
    UNION ALL
    SELECT account_id, signup_ip, 1, created_at, created_at
    FROM accounts WHERE signup_ip IS NOT NULL
), nets AS (
    SELECT account_id, n, first_ts, last_ts,
           CASE WHEN contains(ip, ':') THEN array_to_string(string_split(ip, ':')[1:3], ':')
                WHEN contains(ip, '.') THEN array_to_string(string_split(ip, '.')[1:3], '.')
           END AS value
    FROM seen
)
SELECT account_id, value, CAST(sum(n) AS BIGINT) AS n,
       min(first_ts) AS first_ts, max(last_ts) AS last_ts
FROM nets WHERE value IS NOT NULL AND value <> '' GROUP BY account_id, value
