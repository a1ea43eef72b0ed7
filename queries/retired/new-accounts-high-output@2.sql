/*+++
id = "new-accounts-high-output"
title = "New accounts with much output"
question = "Which recently made accounts drew the most output?"
howto = "Look for several accounts of the same age with much the same volume."
rev = 2
status = "stable"
level = "medium"
tags = ["signal.volume"]
falsepositives = ["A customer who moved in with a large job"]
needs = { tables = [], columns = ["accounts.created_at", "exchanges.output_tokens"] }

[params.since]
type = "timestamp"
default = "-30d"
help = "Accounts made after this; counted from the last event"

[params.min_output]
type = "int"
default = 100000
min = 0
help = "Least output tokens"

[columns.account_id]
entity = "account"

[columns.email]
entity = "email"

[columns.output_tokens]
unit = "tokens"

[[test]]
fixture = "ring"
params = { since = "2026-04-30" }
rows = 8
contains = { account_id = "ring-0", email = "r0@d0.example" }
+++*/
SELECT a.account_id, a.created_at, a.email, a.plan, a.status, p.exchanges, p.output_tokens,
       p.out_in_ratio, p.per_active_day
FROM accounts AS a JOIN account_profile AS p ON p.account_id = a.account_id
WHERE a.created_at >= $since AND p.output_tokens >= $min_output
ORDER BY p.output_tokens DESC NULLS LAST, a.account_id, a.created_at, a.email, a.plan, a.status
