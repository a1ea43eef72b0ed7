/*+++
id = "flat-accounts"
title = "Accounts active round the clock"
question = "Which accounts show no day and no night?"
rev = 2
status = "stable"
level = "low"
tags = ["signal.rhythm"]
falsepositives = ["Production back ends: most server-side customers are flat"]

[params.min_entropy]
type = "float"
default = 0.97
min = 0.0
max = 1.0
help = "Least evenness of the 24 hours"

[params.min_exchanges]
type = "int"
default = 200
min = 1
help = "Least exchanges"

[columns.account_id]
entity = "account"

[columns.org_id]
entity = "org"

[columns.cluster_id]
entity = "cluster"

[[test]]
fixture = "ring"
rows = 8
contains = { account_id = "ring-0", exchanges = 300 }
+++*/
SELECT p.account_id, round(p.hour_entropy, 3) AS hour_entropy, p.exchanges, p.active_days,
       round(p.weekend_share, 3) AS weekend_share, a.org_id, a.plan, m.cluster_id
FROM account_profile AS p
LEFT JOIN accounts AS a ON a.account_id = p.account_id
LEFT JOIN cluster_members AS m ON m.account_id = p.account_id
WHERE p.hour_entropy >= $min_entropy AND p.exchanges >= $min_exchanges
ORDER BY p.hour_entropy DESC, p.account_id, a.org_id, a.plan
