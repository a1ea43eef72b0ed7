/*+++
id = "trait-instrument"
title = "Shared payment instrument"
rev = 2
kind = "trait"
family = "instrument"
weight = 1.2
hub_cap = 500
question = "Which accounts paid with the same card or wallet?"
falsepositives = ["A company card over many seats", "A reseller or an agency", "A family"]
references = ["OWASP OAT-019 Account Creation"]
+++*/
SELECT account_id, instrument_fingerprint AS value, count(*) AS n,
       min(ts) AS first_ts, max(ts) AS last_ts
FROM payments
WHERE instrument_fingerprint IS NOT NULL AND instrument_fingerprint <> ''
GROUP BY account_id, instrument_fingerprint
