/*+++
id = "accounts-of-hour"
title = "Accounts made in an hour"
question = "Who signed up in this hour?"
rev = 1
status = "stable"
level = "informational"
tags = ["signal.signup"]
falsepositives = ["Anything: this only lists"]
needs = { tables = [], columns = ["accounts.created_at"] }

[params.hour]
type = "timestamp"
help = "Start of the hour"

[columns.account_id]
entity = "account"

[columns.email]
entity = "email"

[columns.signup_ip]
entity = "ip"

[columns.referral]
entity = "referral"

[columns.cluster_id]
entity = "cluster"

[[test]]
fixture = "ring"
params = { hour = "2026-05-01 10:00" }
rows = 8
contains = { account_id = "ring-0", email = "r0@d0.example" }
+++*/
SELECT a.account_id, a.created_at, a.email, a.signup_ip, a.referral, a.plan, a.status, m.cluster_id,
       p.exchanges
FROM accounts AS a
LEFT JOIN cluster_members AS m ON m.account_id = a.account_id
LEFT JOIN account_profile AS p ON p.account_id = a.account_id
WHERE a.created_at >= $hour AND a.created_at < CAST($hour AS TIMESTAMP) + INTERVAL 1 HOUR
ORDER BY a.created_at, a.account_id
