/*+++
id = "find-entity"
title = "Accounts, addresses, cards, devices and domains that match"
nothing = "No account, address, card, device, domain or cluster matches."
kind = "page"

[params.text]
type = "text"
help = "What to look for"
+++*/
WITH found AS (
    SELECT 'account' AS family, account_id AS value, 'account' AS what FROM account_profile
    WHERE account_id = $text OR starts_with(lower(account_id), lower($text))
    UNION ALL
    SELECT 'account', account_id, 'e-mail ' || email FROM accounts
    WHERE contains(lower(email), lower($text))
    UNION ALL
    SELECT 'domain', email_domain, 'e-mail domain' FROM accounts
    WHERE contains(email_domain, lower($text)) GROUP BY email_domain
    UNION ALL
    SELECT 'ip', signup_ip, 'sign-up address' FROM accounts
    WHERE starts_with(signup_ip, $text) GROUP BY signup_ip
    UNION ALL
    SELECT 'instrument', instrument_fingerprint, 'payment instrument' FROM payments
    WHERE starts_with(instrument_fingerprint, $text) GROUP BY instrument_fingerprint
    UNION ALL
    SELECT 'cluster', cluster_id, 'cluster' FROM clusters
    WHERE starts_with(lower(cluster_id), lower($text))
    UNION ALL
    SELECT family, value, 'link family ' || family FROM trait_stats
    WHERE starts_with(lower(value), lower($text)) AND accounts > 1
)
SELECT family, value, min(what) AS what, value = $text AS exact
FROM found WHERE value IS NOT NULL
GROUP BY family, value
ORDER BY exact DESC, CASE family WHEN 'account' THEN 0 WHEN 'cluster' THEN 1 ELSE 2 END, family, value
LIMIT 200
