/*+++
id = "shared-instruments"
title = "Shared instruments"
question = "Which cards pay for many accounts?"
howto = "Many domains and no organisation behind one card is what to look at first."
rev = 2
status = "stable"
level = "high"
tags = ["signal.payment"]
falsepositives = ["A company card over many seats", "A reseller or an agency", "A family"]
references = ["MITRE ATLAS AML.T0021 Establish Accounts", "OWASP OAT-019 Account Creation"]
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
WITH cards AS (
    SELECT instrument_fingerprint, count(DISTINCT account_id) AS accounts,
           count(DISTINCT name_hash) AS names, count(*) AS payments,
           min(ts) AS first_ts, max(ts) AS last_ts
    FROM payments WHERE instrument_fingerprint IS NOT NULL
    GROUP BY instrument_fingerprint HAVING count(DISTINCT account_id) >= $min_accounts
), holders AS (
    -- Counted apart: an account may appear twice in the extract, and its payments do not.
    SELECT p.instrument_fingerprint, count(DISTINCT a.email_domain) AS domains,
           count(DISTINCT a.org_id) AS organisations
    FROM payments AS p JOIN accounts AS a ON a.account_id = p.account_id
    WHERE p.instrument_fingerprint IN (SELECT instrument_fingerprint FROM cards)
    GROUP BY p.instrument_fingerprint
)
SELECT c.instrument_fingerprint, c.accounts, coalesce(h.domains, 0) AS domains,
       coalesce(h.organisations, 0) AS organisations, c.names, c.payments, c.first_ts, c.last_ts
FROM cards AS c LEFT JOIN holders AS h ON h.instrument_fingerprint = c.instrument_fingerprint
ORDER BY c.accounts DESC, c.instrument_fingerprint
