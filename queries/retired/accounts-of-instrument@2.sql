/*+++
id = "accounts-of-instrument"
title = "Accounts of a card"
question = "Which accounts did this card pay for?"
rev = 2
status = "stable"
level = "medium"
tags = ["signal.payment"]
falsepositives = ["A company card over many seats"]
needs = { tables = ["payments"], columns = [] }

[params.instrument]
type = "entity"
help = "Fingerprint of the card"

[columns.account_id]
entity = "account"

[columns.email]
entity = "email"

[columns.org_id]
entity = "org"

[[decide]]
scope = "row.account_id"
suggest = "flag"
reason = "R-PAY-SHARED"

[[test]]
fixture = "ring"
params = { instrument = "card-ring" }
rows = 8
contains = { account_id = "ring-0", payments = 1 }
+++*/
SELECT p.account_id, count(*) AS payments, CAST(sum(p.amount_minor) AS BIGINT) AS amount_minor,
       min(p.ts) AS first_ts, max(p.ts) AS last_ts, string_agg(DISTINCT p.status, ', ' ORDER BY p.status) AS statuses,
       min(a.email) AS email, min(a.created_at) AS created_at, min(a.org_id) AS org_id
FROM payments AS p LEFT JOIN accounts AS a ON a.account_id = p.account_id
WHERE p.instrument_fingerprint = $instrument
GROUP BY p.account_id ORDER BY first_ts NULLS LAST, p.account_id
