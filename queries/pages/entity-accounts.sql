/*+++
id = "entity-accounts"
title = "Accounts that share a value"
rev = 2
nothing = "No account has this value."
kind = "page"

[params.family]
type = "text"
help = "Entity family: ip, instrument, device, domain …"

[params.value]
type = "entity"
help = "The value"

[columns.account_id]
entity = "account"

[columns.cluster_id]
entity = "cluster"
+++*/
WITH seen AS (
    SELECT account_id, 'accounts' AS place, created_at AS ts FROM accounts WHERE $family = 'email' AND email = $value
    UNION ALL
    SELECT account_id, 'accounts' AS place, created_at AS ts FROM accounts WHERE $family = 'org' AND org_id = $value
    UNION ALL
    SELECT account_id, 'accounts' AS place, created_at AS ts FROM accounts WHERE $family = 'phone' AND phone_hash = $value
    UNION ALL
    SELECT account_id, 'accounts' AS place, created_at AS ts FROM accounts WHERE $family = 'referral' AND referral = $value
    UNION ALL
    SELECT account_id, 'accounts' AS place, created_at AS ts FROM accounts WHERE $family = 'domain' AND email_domain = $value
    UNION ALL
    SELECT account_id, 'accounts' AS place, created_at AS ts FROM accounts WHERE $family = 'ip' AND signup_ip = $value
    UNION ALL
    SELECT account_id, 'payments' AS place, ts AS ts FROM payments WHERE $family = 'instrument' AND instrument_fingerprint = $value
    UNION ALL
    SELECT account_id, 'payments' AS place, ts AS ts FROM payments WHERE $family = 'bin' AND bin = $value
    UNION ALL
    SELECT account_id, 'payments' AS place, ts AS ts FROM payments WHERE $family = 'name' AND name_hash = $value
    UNION ALL
    SELECT account_id, 'sightings' AS place, ts AS ts FROM sightings WHERE $family = 'ip' AND ip = $value
    UNION ALL
    SELECT account_id, 'sightings' AS place, ts AS ts FROM sightings WHERE $family = 'device' AND device_id = $value
    UNION ALL
    SELECT account_id, 'sightings' AS place, ts AS ts FROM sightings WHERE $family = 'user_agent' AND user_agent = $value
    UNION ALL
    SELECT account_id, 'sightings' AS place, ts AS ts FROM sightings WHERE $family = 'tls' AND tls_fingerprint = $value
    UNION ALL
    SELECT account_id, 'api_keys' AS place, created_at AS ts FROM api_keys WHERE $family = 'api_key' AND api_key_id = $value
    UNION ALL
    SELECT account_id, 'exchanges' AS place, ts AS ts FROM exchanges WHERE $family = 'ip' AND ip = $value
    UNION ALL
    SELECT account_id, 'exchanges' AS place, ts AS ts FROM exchanges WHERE $family = 'device' AND device_id = $value
    UNION ALL
    SELECT account_id, 'exchanges' AS place, ts AS ts FROM exchanges WHERE $family = 'user_agent' AND user_agent = $value
    UNION ALL
    SELECT account_id, 'exchanges' AS place, ts AS ts FROM exchanges WHERE $family = 'tls' AND tls_fingerprint = $value
    UNION ALL
    SELECT account_id, 'exchanges' AS place, ts AS ts FROM exchanges WHERE $family = 'session' AND session_id = $value
    UNION ALL
    SELECT account_id, 'exchanges' AS place, ts AS ts FROM exchanges WHERE $family = 'api_key' AND api_key_id = $value
    UNION ALL
    SELECT account_id, 'exchanges' AS place, ts AS ts FROM exchanges WHERE $family = 'model' AND model = $value
    UNION ALL
    SELECT account_id, 'exchanges' AS place, ts AS ts FROM exchanges WHERE $family = 'system_prompt' AND system_prompt_hash = $value
    UNION ALL
    SELECT account_id, 'exchanges' AS place, ts AS ts FROM exchanges WHERE $family = 'tools' AND tools_hash = $value
    UNION ALL
    SELECT account_id, 'exchanges' AS place, ts AS ts FROM exchanges WHERE $family = 'head' AND prompt_head = $value
    UNION ALL
    SELECT account_id, 'exchanges' AS place, ts AS ts FROM exchanges WHERE $family = 'tail' AND prompt_tail = $value
    UNION ALL
    SELECT account_id, 'exchanges' AS place, ts FROM exchanges
    WHERE $family = 'prompt' AND prompt_hash = TRY_CAST($value AS BIGINT)
    UNION ALL
    SELECT account_id, 'traits' AS place, first_ts AS ts FROM traits
    WHERE family = $family AND value = $value AND $family NOT IN ('api_key', 'bin', 'device', 'domain', 'email', 'head', 'instrument', 'ip', 'model', 'name', 'org', 'phone', 'prompt', 'referral', 'session', 'system_prompt', 'tail', 'tls', 'tools', 'user_agent')
), held AS (
    SELECT account_id, count(*) AS n, min(ts) AS first_ts, max(ts) AS last_ts,
           string_agg(DISTINCT place, ', ' ORDER BY place) AS seen_in
    FROM seen GROUP BY account_id
)
SELECT h.account_id, h.n, h.first_ts, h.last_ts, h.seen_in, m.cluster_id, m.campaign_like,
       d.verdict, a.email, a.plan, a.created_at, p.exchanges
FROM held AS h
LEFT JOIN cluster_members AS m ON m.account_id = h.account_id
LEFT JOIN decisions AS d ON d.account_id = h.account_id AND NOT d.pending
LEFT JOIN accounts AS a ON a.account_id = h.account_id
LEFT JOIN account_profile AS p ON p.account_id = h.account_id
ORDER BY h.n DESC, h.account_id, a.created_at, a.email, a.plan
