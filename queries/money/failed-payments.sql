/*+++
id = "failed-payments"
title = "Failed and disputed payments by card"
question = "Which cards fail or are disputed, and for whom?"
rev = 2
status = "stable"
level = "low"
tags = ["signal.payment"]
falsepositives = ["Expired cards"]
references = ["OWASP OAT-001 Carding"]
needs = { tables = ["payments"], columns = ["payments.status"] }

[params.least]
type = "int"
default = 2
min = 1
help = "Least payments that did not succeed"

[columns.instrument_fingerprint]
entity = "instrument"

[[test]]
fixture = "ring"
rows = 1
contains = { instrument_fingerprint = "card-1", payments = 2 }
+++*/
SELECT instrument_fingerprint, count(*) AS payments,
       count(*) FILTER (WHERE status <> 'succeeded') AS not_succeeded,
       count(DISTINCT account_id) AS accounts, string_agg(DISTINCT status, ', ' ORDER BY status) AS statuses
FROM payments WHERE instrument_fingerprint IS NOT NULL
GROUP BY instrument_fingerprint
HAVING count(*) FILTER (WHERE status <> 'succeeded') >= $least
ORDER BY not_succeeded DESC, instrument_fingerprint
