/*+++
id = "trait-ip"
title = "Shared address"
rev = 2
kind = "trait"
family = "ip"
weight = 0.8
hub_cap = 50
question = "Which accounts were seen at the same address?"
falsepositives = ["An office or a campus", "A carrier that shares addresses", "A VPN exit"]
references = ["MITRE ATT&CK T1090.002 Proxy: External Proxy", "Stringhini et al. 2015, EvilCohort: Detecting Communities of Malicious Accounts on Online Services"]
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
-- What is masked in part is a network, not an address: see trait-net24.
SELECT account_id, ip AS value, CAST(sum(n) AS BIGINT) AS n,
       min(first_ts) AS first_ts, max(last_ts) AS last_ts
FROM seen WHERE NOT regexp_matches(ip, '[*x]') GROUP BY account_id, ip
