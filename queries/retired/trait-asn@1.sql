/*+++
id = "trait-asn"
title = "Same rare network operator"
kind = "trait"
family = "asn"
weight = 0.2
hub_cap = 20
question = "Which accounts were seen in the same seldom used autonomous system?"
falsepositives = ["A hosting company with few customers", "A small regional provider"]
+++*/
SELECT account_id, 'AS' || asn AS value, count(*) AS n, min(ts) AS first_ts, max(ts) AS last_ts
FROM sightings
WHERE asn IS NOT NULL AND asn > 0
GROUP BY account_id, asn
