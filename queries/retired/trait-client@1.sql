/*+++
id = "trait-client"
title = "Same client combination"
kind = "trait"
family = "client"
weight = 0.6
hub_cap = 500
question = "Which accounts use the same combination of client software and TLS fingerprint?"
+++*/
WITH seen AS (
    SELECT account_id, user_agent, tls_fingerprint, count(*) AS n,
           min(ts) AS first_ts, max(ts) AS last_ts
    FROM exchanges WHERE coalesce(user_agent, tls_fingerprint) IS NOT NULL GROUP BY ALL
    UNION ALL
    SELECT account_id, user_agent, tls_fingerprint, count(*), min(ts), max(ts)
    FROM sightings WHERE coalesce(user_agent, tls_fingerprint) IS NOT NULL GROUP BY ALL
)
SELECT account_id, coalesce(user_agent, '?') || ' | ' || coalesce(tls_fingerprint, '?') AS value,
       CAST(sum(n) AS BIGINT) AS n, min(first_ts) AS first_ts, max(last_ts) AS last_ts
FROM seen GROUP BY account_id, 2
