/*+++
id = "largest-accounts"
title = "Largest accounts"
question = "Which accounts used most?"
rev = 2
status = "stable"
level = "informational"
tags = ["signal.volume"]
falsepositives = ["Large customers"]

[params.most]
type = "int"
default = 500
min = 1
max = 100000
help = "How many"

[columns.account_id]
entity = "account"

[columns.org_id]
entity = "org"

[columns.email]
entity = "email"

[columns.cluster_id]
entity = "cluster"

[[test]]
fixture = "ring"
rows = 12
contains = { account_id = "ring-0", exchanges = 300 }
+++*/
SELECT p.account_id, p.exchanges, p.output_tokens, p.cost_usd, p.active_days, a.org_id, a.plan,
       a.email, m.cluster_id
FROM account_profile AS p
LEFT JOIN accounts AS a ON a.account_id = p.account_id
LEFT JOIN cluster_members AS m ON m.account_id = p.account_id
ORDER BY p.exchanges DESC NULLS LAST, p.account_id, a.email, a.org_id, a.plan LIMIT $most
