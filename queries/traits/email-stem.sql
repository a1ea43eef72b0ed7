/*+++
id = "trait-email-stem"
title = "Same e-mail but for its digits"
rev = 2
kind = "trait"
family = "email_shape"
weight = 0.8
hub_cap = 500
question = "Which addresses differ in their digits or their +tag only?"
falsepositives = ["A family", "Test accounts of one developer"]
references = ["MITRE ATT&CK T1585.002 Establish Accounts: Email Accounts"]
+++*/
SELECT account_id,
       regexp_replace(regexp_replace(lower(split_part(email, '@', 1)), '\+.*$', '+'), '[0-9]+', '#', 'g')
           || '@' || coalesce(email_domain, '') AS value,
       CAST(1 AS BIGINT) AS n, created_at AS first_ts, created_at AS last_ts
FROM accounts
-- Of a masked address nobody knows what its digits are.
WHERE email IS NOT NULL AND contains(email, '@') AND NOT contains(email, '*')
