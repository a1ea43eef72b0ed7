/*+++
id = "trait-bin-amount"
title = "Same issuer range, funding and amount"
rev = 2
kind = "trait"
family = "bin_amount"
weight = 0.5
hub_cap = 500
question = "Which accounts paid equal amounts with cards of one issuer range and funding?"
falsepositives = ["The price of a plan, and a bank of many customers", "A popular virtual-card product"]
references = ["OWASP OAT-019 Account Creation"]
+++*/
SELECT account_id,
       bin || ' ' || coalesce(funding, '?') || ' '
           || coalesce(CAST(amount_minor AS VARCHAR), '?') || ' ' || coalesce(currency, '') AS value,
       count(*) AS n, min(ts) AS first_ts, max(ts) AS last_ts
FROM payments
WHERE bin IS NOT NULL AND bin <> ''
GROUP BY account_id, 2
