/*+++
id = "shared-instruments"
title = "Shared instruments"
question = "Which cards pay for many accounts?"
howto = "Many domains and no organisation behind one card is what to look at first."
rev = 1
status = "stable"
level = "high"
tags = ["signal.payment"]
falsepositives = ["A company card over many seats", "A reseller or an agency", "A family"]
needs = { tables = ["payments"], columns = ["payments.instrument_fingerprint"] }

[params.min_accounts]
type = "int"
default = 3
min = 2
max = 100000
help = "Least accounts"

[columns.instrument_fingerprint]
entity = "instrument"

[columns.accounts]
unit = "accounts"

[[next]]
query = "accounts-of-instrument"
label = "Accounts of this card"
bind = { instrument = "row.instrument_fingerprint" }

[[test]]
fixture = "ring"
rows = 1
contains = { instrument_fingerprint = "card-ring", accounts = 8 }
+++*/
SELECT p.instrument_fingerprint, count(DISTINCT p.account_id) AS accounts,
       count(DISTINCT a.email_domain) AS domains, count(DISTINCT a.org_id) AS organisations,
       count(DISTINCT p.name_hash) AS names, count(*) AS payments,
       min(p.ts) AS first_ts, max(p.ts) AS last_ts
FROM payments AS p LEFT JOIN accounts AS a ON a.account_id = p.account_id
WHERE p.instrument_fingerprint IS NOT NULL
GROUP BY p.instrument_fingerprint HAVING count(DISTINCT p.account_id) >= $min_accounts
ORDER BY accounts DESC, p.instrument_fingerprint
