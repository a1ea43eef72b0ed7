/*+++
id = "trait-domain"
title = "Same e-mail domain"
rev = 2
kind = "trait"
family = "domain"
weight = 0.6
hub_cap = 500
question = "Which accounts have the same e-mail domain?"
falsepositives = ["A company, a school or an association", "A small mail provider"]
references = ["MITRE ATT&CK T1585.002 Establish Accounts: Email Accounts"]
+++*/
SELECT account_id, email_domain AS value, CAST(1 AS BIGINT) AS n,
       created_at AS first_ts, created_at AS last_ts
FROM accounts
WHERE email_domain IS NOT NULL AND email_domain <> ''
