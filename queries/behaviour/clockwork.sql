/*+++
id = "clockwork"
title = "Accounts on a clock"
question = "Which accounts act at even gaps?"
rev = 1
status = "stable"
level = "low"
tags = ["signal.timing"]
falsepositives = ["Cron jobs", "Monitoring probes"]

[params.max_cv]
type = "float"
default = 0.35
min = 0.0
help = "Most variation of the gaps (standard deviation over mean)"

[params.min_exchanges]
type = "int"
default = 50
min = 2
help = "Least exchanges"

[columns.account_id]
entity = "account"

[columns.cluster_id]
entity = "cluster"

[[test]]
fixture = "ring"
rows = 8
contains = { account_id = "ring-0", exchanges = 300 }
+++*/
SELECT p.account_id, round(p.gap_cv, 3) AS gap_cv, round(p.median_gap_s, 1) AS median_gap_s, p.exchanges,
       m.cluster_id
FROM account_profile AS p LEFT JOIN cluster_members AS m ON m.account_id = p.account_id
WHERE p.gap_cv <= $max_cv AND p.exchanges >= $min_exchanges
ORDER BY p.gap_cv, p.account_id
