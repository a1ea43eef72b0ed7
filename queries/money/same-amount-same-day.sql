/*+++
id = "same-amount-same-day"
title = "Same range, funding, amount and day"
question = "Which payments look like one hand buying with many cards?"
rev = 2
status = "stable"
level = "medium"
tags = ["signal.payment"]
falsepositives = ["A popular virtual-card product", "The price of a plan on renewal day"]
references = ["OWASP OAT-019 Account Creation"]
needs = { tables = ["payments"], columns = ["payments.bin"] }

[params.min_accounts]
type = "int"
default = 8
min = 2
help = "Least accounts"

[columns.bin]
entity = "bin"

[columns.accounts]
unit = "accounts"

[[test]]
fixture = "ring"
params = { min_accounts = 8 }
rows = 1
contains = { bin = "459840", funding = "prepaid" }
+++*/
SELECT bin, funding, amount_minor, currency, CAST(date_trunc('day', ts) AS DATE) AS day,
       count(DISTINCT account_id) AS accounts, count(DISTINCT instrument_fingerprint) AS instruments,
       count(*) AS payments
FROM payments WHERE bin IS NOT NULL
GROUP BY bin, funding, amount_minor, currency, day
HAVING count(DISTINCT account_id) >= $min_accounts
ORDER BY accounts DESC, bin, funding, amount_minor, currency, day
