/*+++
id = "account-card"
title = "One account"
kind = "page"

[params.account]
type = "account"
help = "The account"
+++*/
-- What no extract tells is unknown, not none.
WITH told AS (SELECT list(column_name) AS names FROM column_presence WHERE present)
SELECT p.* REPLACE (
           CASE WHEN list_contains(names, 'session_id') THEN p.sessions END AS sessions,
           CASE WHEN list_has_any(names, ['ip', 'signup_ip']) THEN p.ips END AS ips,
           CASE WHEN list_contains(names, 'user_agent') THEN p.user_agents END AS user_agents,
           CASE WHEN list_contains(names, 'instrument_fingerprint') THEN p.instruments END
               AS instruments,
           CASE WHEN list_contains(names, 'api_key_id') THEN p.api_keys END AS api_keys),
       a.created_at, a.email, a.email_domain, a.org_id, a.plan, a.channel, a.country,
       a.signup_ip, a.phone_hash, a.referral, a.status, a.status_at, a.verified,
       m.cluster_id, m.member_score, m.campaign_like, n.cluster_id AS near_cluster, n.likeness
FROM account_profile AS p CROSS JOIN told
-- The account is said again for each table: only so are most of its rows never read.
LEFT JOIN accounts AS a ON a.account_id = p.account_id AND a.account_id = $account
LEFT JOIN cluster_members AS m ON m.account_id = p.account_id AND m.account_id = $account
LEFT JOIN cluster_near AS n ON n.account_id = p.account_id AND n.account_id = $account
WHERE p.account_id = $account
ORDER BY ALL
