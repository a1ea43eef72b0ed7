/*+++
id = "trait-referral"
title = "Same referral code"
kind = "trait"
family = "referral"
weight = 0.3
hub_cap = 500
question = "Which accounts have the same referral code?"
+++*/
SELECT account_id, referral AS value, CAST(1 AS BIGINT) AS n,
       created_at AS first_ts, created_at AS last_ts
FROM accounts
WHERE referral IS NOT NULL AND referral <> ''
