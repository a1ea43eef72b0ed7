/*+++
id = "due-for-review"
title = "Decisions due for another look"
question = "Which decisions lapse by then?"
nothing = "No decision is due for review."
rev = 2
status = "stable"
level = "informational"
tags = ["decisions"]
falsepositives = ["Nothing: this only lists"]

[params.by]
type = "timestamp"
default = "+30d"
help = "Lapsing by then; counted from the last event"

[columns.account_id]
entity = "account"

[[test]]
fixture = "ring"
params = { by = "2026-07-01" }
rows = 1
contains = { account_id = "ring-1", verdict = "flag" }
+++*/
SELECT d.account_id, d.verdict, d.reason, d.analyst, d.decided_at, d.expires_at, d.record_id
FROM decisions AS d WHERE NOT d.pending AND d.expires_at IS NOT NULL AND d.expires_at <= $by
ORDER BY d.expires_at, d.account_id
