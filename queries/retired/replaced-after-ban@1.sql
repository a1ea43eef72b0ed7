/*+++
id = "replaced-after-ban"
title = "Accounts that began where another was closed"
question = "Which accounts first appear within hours of a closure, on something the closed one had?"
rev = 1
status = "stable"
level = "high"
tags = ["signal.replacement"]
falsepositives = ["A colleague who takes over", "A customer who was closed by mistake"]
needs = { tables = [], columns = ["accounts.status_at"] }

[params.hours]
type = "int"
default = 48
min = 1
max = 2000
help = "Longest time between closure and first use"

[columns.closed_account]
entity = "account"

[columns.account_id]
entity = "account"

[columns.value]
entity = "value"

[[test]]
fixture = "ring"
rows = 6
contains = { closed_account = "ring-0", account_id = "ring-7" }
+++*/
WITH closed AS (
    SELECT account_id, status_at FROM accounts
    WHERE status_at IS NOT NULL AND status IS DISTINCT FROM 'active'
), begun AS (
    SELECT account_id, first_ts FROM account_profile WHERE first_ts IS NOT NULL
)
SELECT c.account_id AS closed_account, c.status_at, b.account_id, b.first_ts, t.family, t.value, s.accounts
FROM closed AS c
JOIN traits AS old ON old.account_id = c.account_id
JOIN trait_stats AS s ON s.family = old.family AND s.value = old.value AND NOT s.hub AND s.accounts <= 50
JOIN traits AS t ON t.family = old.family AND t.value = old.value AND t.account_id <> c.account_id
JOIN begun AS b ON b.account_id = t.account_id
WHERE b.first_ts > c.status_at AND date_diff('hour', c.status_at, b.first_ts) <= $hours
ORDER BY c.status_at, closed_account, b.first_ts, b.account_id, t.family, t.value
