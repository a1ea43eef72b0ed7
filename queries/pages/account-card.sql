/*+++
id = "account-card"
title = "One account"
kind = "page"

[params.account]
type = "account"
help = "The account"
+++*/
SELECT p.*, a.created_at, a.email, a.email_domain, a.org_id, a.plan, a.channel, a.country,
       a.signup_ip, a.phone_hash, a.referral, a.status, a.status_at, a.verified,
       m.cluster_id, m.member_score, m.campaign_like
FROM account_profile AS p
-- The account is said again for each table: only so are most of its rows never read.
LEFT JOIN accounts AS a ON a.account_id = p.account_id AND a.account_id = $account
LEFT JOIN cluster_members AS m ON m.account_id = p.account_id AND m.account_id = $account
WHERE p.account_id = $account
ORDER BY p.account_id
