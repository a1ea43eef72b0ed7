/*+++
id = "prepaid-share"
title = "Prepaid share by card range"
question = "Which card ranges are prepaid and new here?"
rev = 1
status = "stable"
level = "low"
tags = ["signal.payment"]
falsepositives = ["Gift cards", "Countries where prepaid is usual"]
needs = { tables = ["payments"], columns = ["payments.bin", "payments.funding"] }

[params.min_accounts]
type = "int"
default = 5
min = 1
help = "Least accounts"

[columns.bin]
entity = "bin"

[[test]]
fixture = "ring"
rows = 1
contains = { bin = "459840", accounts = 8 }
+++*/
SELECT bin, count(DISTINCT account_id) AS accounts, count(DISTINCT instrument_fingerprint) AS instruments,
       round(avg(CASE WHEN funding = 'prepaid' THEN 1.0 ELSE 0.0 END), 3) AS prepaid_share,
       min(ts) AS first_ts, max(ts) AS last_ts
FROM payments WHERE bin IS NOT NULL GROUP BY bin HAVING count(DISTINCT account_id) >= $min_accounts
ORDER BY prepaid_share DESC NULLS LAST, accounts DESC, bin
