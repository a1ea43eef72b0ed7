/*+++
id = "entity-known"
title = "Accounts that clustering found to share a value; not yet counted"
kind = "page"

[params.family]
type = "text"
help = "Entity family: ip, instrument, device, domain …"

[params.value]
type = "entity"
help = "The value"

[columns.account_id]
entity = "account"

[columns.cluster_id]
entity = "cluster"
+++*/
-- Of prompts, clustering reads a sample: who is here has the value, but others may have it too, and
-- how often is known once entity-accounts has looked through everything.
SELECT t.account_id, CAST(NULL AS BIGINT) AS n, CAST(NULL AS TIMESTAMP) AS first_ts,
       CAST(NULL AS TIMESTAMP) AS last_ts, CAST(NULL AS VARCHAR) AS seen_in,
       m.cluster_id, m.campaign_like, d.verdict, a.email, a.plan, a.created_at, p.exchanges
FROM traits AS t
LEFT JOIN cluster_members AS m ON m.account_id = t.account_id
LEFT JOIN decisions AS d ON d.account_id = t.account_id AND NOT d.pending
LEFT JOIN accounts AS a ON a.account_id = t.account_id
LEFT JOIN account_profile AS p ON p.account_id = t.account_id
WHERE t.family = $family AND t.value = $value
ORDER BY t.n DESC, t.account_id, a.created_at, a.email, a.plan
