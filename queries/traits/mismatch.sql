/*+++
id = "trait-mismatch"
title = "Same impossible client"
rev = 2
kind = "trait"
family = "mismatch"
weight = 0.8
hub_cap = 20
question = "Which accounts name themselves a browser although their TLS is that of other software?"
falsepositives = ["A company proxy that opens TLS", "A browser under automation by its owner"]
references = ["MITRE ATT&CK T1036.012 Masquerading: Browser Fingerprint"]
+++*/
WITH seen AS (
    SELECT account_id, user_agent, tls_fingerprint, count(*) AS n,
           min(ts) AS first_ts, max(ts) AS last_ts
    FROM exchanges WHERE user_agent IS NOT NULL AND tls_fingerprint IS NOT NULL GROUP BY ALL
    UNION ALL
    SELECT account_id, user_agent, tls_fingerprint, count(*), min(ts), max(ts)
    FROM sightings WHERE user_agent IS NOT NULL AND tls_fingerprint IS NOT NULL GROUP BY ALL
), kinds AS (
    SELECT account_id, user_agent, tls_fingerprint, n, first_ts, last_ts,
           starts_with(user_agent, 'Mozilla/') AS browser
    FROM seen
), prints AS (
    -- What a fingerprint mostly is, by the accounts that have it.
    SELECT tls_fingerprint,
           count(DISTINCT account_id) AS accounts,
           count(DISTINCT account_id) FILTER (WHERE browser) AS browsers
    FROM kinds GROUP BY tls_fingerprint
)
SELECT k.account_id, k.user_agent || ' | ' || k.tls_fingerprint AS value,
       CAST(sum(k.n) AS BIGINT) AS n, min(k.first_ts) AS first_ts, max(k.last_ts) AS last_ts
FROM kinds AS k JOIN prints AS p ON p.tls_fingerprint = k.tls_fingerprint
WHERE k.browser AND p.accounts >= 10 AND p.browsers <= 0.1 * p.accounts
GROUP BY k.account_id, 2
